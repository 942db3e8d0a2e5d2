using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Roj.Host.Daemon;

namespace Roj;

/// <summary>A node of a cluster, in this process: whom it sees, and what happens to them. Safe on any thread.</summary>
/// <remarks>It is the node that <c>roj node</c> runs, on a thread of its own, without the HTTP API. A process may have several, each with
/// an address or a port of its own.</remarks>
public sealed class RojCluster : IAsyncDisposable
{
    private readonly MemberFeed feed = new();
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
        job = new NodeJob(OptionWords.Read(options, []), Hear);
        Name = options.Cluster;
        files = options.DataDirectory is null ? null : new RojFiles(() => job.Files);
        instruments = new ClusterInstruments(feed, meters);
    }

    /// <summary>The cluster's name.</summary>
    public string Name { get; }

    /// <summary>This node.</summary>
    /// <exception cref="InvalidOperationException">It has not begun yet: the host starts it before its own services.</exception>
    public RojMember Self => feed.Self ?? throw new InvalidOperationException("The node has not begun yet.");

    /// <summary>All that are known now, this node included, by id; those that died or left, too, until they are forgotten after
    /// hours.</summary>
    public IReadOnlyList<RojMember> Members => feed.Members;

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

    /// <summary>The other members as they come and go: first those that are here when the reading begins, then what happens.</summary>
    /// <remarks>Ends when the node has left. For each reader 1,024 events wait at most: who is slower is told how many he missed
    /// (<see cref="MemberEvent.Missed"/>).</remarks>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="RojException">While reading: the node failed.</exception>
    /// <exception cref="InvalidOperationException">While reading: 256 read already.</exception>
    public IAsyncEnumerable<MemberEvent> Events(CancellationToken cancellation = default) => feed.ReadAsync(cancellation);

    /// <summary>Says farewell and ends the node, within about a second: others know at once that it left.</summary>
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
        }

        log.Write(happened.News);
    }
}
