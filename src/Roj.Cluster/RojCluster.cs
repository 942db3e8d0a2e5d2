using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Roj.Host.Daemon;
using Roj.Kernel;

namespace Roj;

/// <summary>A node of a cluster, in this process: whom it sees, and what happens to them. Safe on any thread.</summary>
/// <remarks>It is the node that <c>roj node</c> runs, on a thread of its own, without the HTTP API. A process may have several, each with
/// an address or a port of its own.</remarks>
public sealed class RojCluster : IAsyncDisposable
{
    // As long as the program's commands have (--on-color), and as long as their end is waited for when the node is to go.
    private static readonly TimeSpan ColorPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    private readonly MemberFeed feed = new();
    private readonly Turns<RojTerm> leading;
    private readonly Turns<RojColor> coloured;
    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NodeJob job;
    private readonly ILogger log;
    private readonly ClusterInstruments instruments;
    private readonly RojFiles? files;
    private int begun;
    private volatile RojException? failure;

    internal RojCluster(RojOptions options, ILogger? log, IMeterFactory? meters)
    {
        ArgumentNullException.ThrowIfNull(options);
        new RojOptionsCheck().Require(options);
        this.log = log ?? NullLogger.Instance;
        leading = new Turns<RojTerm>(this.log.LeadsTooLong);
        coloured = new Turns<RojColor>(this.log.PlaysTooLong);
        job = new NodeJob(OptionWords.Read(options, []), Hear) { Leads = Lead };
        Name = options.Cluster;
        files = options.DataDirectory is null ? null : new RojFiles(() => job.Files);
        instruments = new ClusterInstruments(feed, () => leading.IsOn, meters);
    }

    /// <summary>The cluster's name.</summary>
    public string Name { get; }

    /// <summary>This node.</summary>
    /// <exception cref="InvalidOperationException">It has not begun yet: the host starts it before its own services.</exception>
    public RojMember Self => feed.Self ?? throw new InvalidOperationException("The node has not begun yet.");

    /// <summary>All that are known now, this node included, by id; those that died or left, too, until they are forgotten after
    /// hours.</summary>
    public IReadOnlyList<RojMember> Members => feed.Members;

    /// <summary>Who leads, and in which term; null while nobody does, as far as this node knows.</summary>
    public RojTerm? Leader => feed.Leader;

    /// <summary>Whether this node leads. Where a majority agrees that is so for as long as it has the lease; what is done because of it
    /// belongs into <see cref="WhileLeadingAsync"/>, which says when it ends.</summary>
    public bool IsLeader => leading.IsOn;

    /// <summary>Which part this node plays.</summary>
    public RojColor Color => feed.Colors.Own;

    /// <summary>Which part each node plays, by its id (<see cref="RojMember.Id"/>): a third of them, rounded up, is green.</summary>
    public IReadOnlyDictionary<string, RojColor> Colors => feed.Colors.Colors;

    /// <summary>The files that it shares and fetches.</summary>
    /// <exception cref="InvalidOperationException">It has no <see cref="RojOptions.DataDirectory"/>: they need one.</exception>
    public RojFiles Files => files ?? throw new InvalidOperationException(
        $"A node without {nameof(RojOptions)}.{nameof(RojOptions.DataDirectory)} has no files: say where they and their list may be kept.");

    /// <summary>Whether the node runs: it has begun, and neither left nor failed.</summary>
    public bool IsRunning => listening.Task.IsCompletedSuccessfully && !ended.Task.IsCompleted;

    /// <summary>Why the node ended though nobody wanted it to; null while all is well.</summary>
    public RojException? Failure => failure;

    /// <summary>Starts a node. When this returns it can be called by others, and looks for them.</summary>
    /// <param name="options">What it is told; read now, and not later.</param>
    /// <param name="log">Where it says what happens; null for nowhere.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OptionsValidationException">Some option can't be; the message says which, and what it may be.</exception>
    /// <exception cref="RojException">The node can't begin: its port is taken, say.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static async Task<RojCluster> StartAsync(RojOptions options, ILogger? log = null, CancellationToken cancellation = default)
    {
        var cluster = new RojCluster(options, log, meters: null);
        try
        {
            await cluster.BeginAsync(cancellation).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What happens in the cluster: first the other members that are here when the reading begins, who leads, and the colors;
    /// then who comes and goes, and what changes.</summary>
    /// <remarks>Ends when the node has left. For each reader 1,024 events wait at most: who is slower is told how many he missed
    /// (<see cref="MemberEvent.Missed"/>).</remarks>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="RojException">While reading: the node failed.</exception>
    /// <exception cref="InvalidOperationException">While reading: 256 read already.</exception>
    public IAsyncEnumerable<MemberEvent> Events(CancellationToken cancellation = default) => feed.ReadAsync(cancellation);

    /// <summary>Has work done by one node of the cluster: each time this one begins to lead it runs, and its token is cancelled when that
    /// ends; where a majority agrees, a tenth of the lease before another may lead.</summary>
    /// <remarks>
    /// <para>Ends when the node has left. What returns is not run again in the same term. What throws ends this, with that exception; an
    /// <see cref="OperationCanceledException"/> is none, once the token has been cancelled.</para>
    /// <para>What takes no notice of its token can't be ended. That is logged when its time is over, and it is not run anew before it has
    /// returned; meanwhile another may lead. What must never be done twice needs the term as a fence (<see cref="RojTerm"/>).</para>
    /// <para>Within a host <see cref="RojLeaderService"/> does this.</para>
    /// </remarks>
    /// <param name="work">What to do; on a thread of the pool.</param>
    /// <param name="cancellation">Ends all of it.</param>
    /// <exception cref="RojException">The node failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task WhileLeadingAsync(Func<RojTerm, CancellationToken, Task> work, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return leading.RunAsync(work, cancellation);
    }

    /// <summary>Runs work while this node has a color, anew with each change of it; its token is cancelled when that ends.</summary>
    /// <remarks>What returns, throws or takes no notice is treated as by <see cref="WhileLeadingAsync"/>. Within a host <see
    /// cref="RojColorService"/> does this.</remarks>
    /// <param name="work">What to do; on a thread of the pool.</param>
    /// <param name="cancellation">Ends all of it.</param>
    /// <exception cref="RojException">The node failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task WhileColoredAsync(Func<RojColor, CancellationToken, Task> work, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return coloured.RunAsync(work, cancellation);
    }

    /// <summary>How one of its tokens stands (<see cref="RojOptions.Tokens"/>).</summary>
    /// <param name="name">Which.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>That; null if it takes no part in one of that name.</returns>
    /// <exception cref="OperationCanceledException">It was given up, or the node has ended.</exception>
    public async Task<RojToken?> FindTokenAsync(string name, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return await job.FindTokenAsync(name).WaitAsync(cancellation).ConfigureAwait(false) is { } found ? RojToken.Of(found) : null;
    }

    /// <summary>Says farewell and ends the node, within about a second: others know at once that it left. What runs because it leads, or
    /// has a color, is ended first, and has 5 s for that; then another may lead.</summary>
    public async ValueTask DisposeAsync()
    {
        await LeaveAsync(CancellationToken.None).ConfigureAwait(false);
        instruments.Dispose();
    }

    internal async Task BeginAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref begun, 1) != 0)
            throw new InvalidOperationException("A node begins once.");
        new Thread(Live) { IsBackground = true, Name = "roj" }.Start();
        await listening.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    internal async Task LeaveAsync(CancellationToken cancellation)
    {
        leading.Close(null, EndPatience);
        coloured.Close(null, EndPatience);
        try
        {
            await Task.WhenAll(leading.IdleAsync(), coloured.IdleAsync()).WaitAsync(EndPatience, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // What takes no notice of its token is not waited for.
        }

        job.Stop();
        // Who never began begins no more.
        if (Interlocked.Exchange(ref begun, 1) == 0)
            End(null);
        await ended.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    private void Live()
    {
        try
        {
            job.Run();
            End(null);
        }
        catch (NodeException e)
        {
            End(new RojException(OptionWords.Translate(e.Message), e));
        }
        catch (Exception e) // on a thread of its own it would end the process
        {
            End(new RojException($"the node failed: {e.Message}", e));
        }
    }

    private void End(RojException? why)
    {
        failure = why;
        feed.End(why);
        leading.Close(why, TimeSpan.Zero);
        coloured.Close(why, ColorPatience);
        if (why is null)
            listening.TrySetCanceled();
        else
            listening.TrySetException(why);
        ended.TrySetResult();
    }

    // On the node's thread.
    private void Hear(NodeEvent happened)
    {
        switch (happened.News)
        {
            case NodeNews.Listening(var self, _, _):
                feed.Be(self);
                listening.TrySetResult();
                break;
            case NodeNews.Kept(var kept):
                feed.Keep(kept);
                break;
            case NodeNews.OfWing(LeaderNews(var term, var why, _)):
                feed.Lead(term, why);
                break;
            case NodeNews.OfWing(ColorNews(var colouring, _)):
                Play(feed.Colors.Own, feed.Paint(colouring));
                break;
        }

        log.Write(happened.News);
    }

    // On the node's thread, as soon as it is so.
    private void Lead(Term? term, TimeSpan left)
    {
        if (term is { } begun)
            leading.Begin(RojTerm.Of(begun));
        else
            leading.End(left);
    }

    private void Play(RojColor before, RojColor now)
    {
        if (now == before)
            return;
        coloured.End(ColorPatience);
        if (now is not RojColor.None)
            coloured.Begin(now);
    }
}
