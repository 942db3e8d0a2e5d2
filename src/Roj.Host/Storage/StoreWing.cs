using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Storage;
using Roj.Storage.Wire;

namespace Roj.Host.Storage;

/// <summary>A node's part in the store, as the node sees it: who is here and who leads is told to the store's thread, and what it says to
/// other nodes is sent.</summary>
/// <remarks>On the node's loop. Who takes part says so by a tag, <c>store=1</c>.</remarks>
internal sealed class StoreWing : IDisposable
{
    /// <summary>The tag by which others are told that a node takes part.</summary>
    public const string Tag = "store";

    private readonly StoreWingOptions options;
    private readonly StoreThread thread;
    private readonly EventLoop loop;
    private readonly Links<StorageMessage> links;
    private readonly ConcurrentQueue<(NodeId To, StorageMessage Message)> outgoing = [];
    private readonly Dictionary<NodeId, Endpoint> places = [];
    private NodeId[] here = [];
    private readonly SortedSet<NodeId> gone = []; // for good, as an operator says
    private Term? term;
    private bool isStarted;

    /// <summary>Opens what was kept, and listens for clients.</summary>
    /// <exception cref="NodeException">That can't be done.</exception>
    public StoreWing(EventLoop loop, StoreWingOptions options)
    {
        (this.loop, this.options) = (loop, options);
        var hello = new LinkHello(LinkKind.Store, options.Cluster, options.Self, options.Life);
        var calling = new LinkSettings { Own = hello, From = options.Own, PlaceOf = PlaceOf, Tls = options.Tls };
        var frames = new FrameCodec<StorageMessage>(StorageFrame.LengthMax, StorageFrame.Write, StorageFrame.TryRead);
        links = new Links<StorageMessage>(calling, frames, () => loop.Now, Receive);
        thread = new StoreThread(new StoreOptions
        {
            Self = options.Self,
            Path = Path.Combine(options.DataPath, StoreLog.DirectoryName),
            Life = options.Life,
            Copies = options.Copies,
            Password = PasswordOf(options.Keys),
            Send = Say,
            Heard = what => Watchers!.Hear(what),
            Warn = text => loop.Post(_ => options.Tell(new WingNews("store", text, LogLevel.Warning)), null),
            Fail = why => loop.Post(_ => options.Fail(why), null),
        });
        Watchers = new Watchers(filters => thread.Give((at, store, outbox) => store.Watch(at, filters, outbox)));
        try
        {
            Clients = Listen();
        }
        catch
        {
            thread.Dispose();
            throw;
        }
    }

    /// <summary>Where clients are listened for; null if nowhere.</summary>
    public IPEndPoint? Clients { get; }

    /// <summary>Who watches changes of keys at this node. From any thread.</summary>
    public Watchers Watchers { get; }

    /// <summary>Carries out a call. From any thread.</summary>
    public Task<StorageAnswer> AskAsync(StorageCall call) => thread.AskAsync(call);

    /// <summary>How it stands. From any thread.</summary>
    public Task<StoreStatus> StatusAsync()
    {
        var told = new TaskCompletionSource<StoreStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        thread.Post(() =>
        {
            var store = thread.Store;
            told.SetResult(new StoreStatus(
                store.Map,
                options.Copies,
                thread.Figures,
                thread.IsFull,
                [.. store.HintedNodes.Select(node => (node, store.HintsFor(node)))],
                Enumerable.Range(0, SlotMap.Slots).Count(store.Held.Has),
                store.Calls,
                thread.Server.Clients,
                Clients));
        });
        return told.Task;
    }

    /// <summary>Begins.</summary>
    public void Start()
    {
        isStarted = true;
        thread.Start();
        See();
        Lead();
    }

    /// <summary>Who is here has changed, or what is known of them.</summary>
    public void MembersChanged(IReadOnlyList<Member> members)
    {
        NodeId[] now = [.. members.Where(member => member.IsPresent && TakesPart(member)).Select(member => member.Id).Order()];
        places.Clear();
        foreach (var member in members.Where(member => member.IsPresent && member.Id != options.Self && TakesPart(member)))
            places[member.Id] = member.Node;
        links.PlacesChanged();
        if (now.SequenceEqual(here))
            return;
        here = now;
        gone.ExceptWith(now);
        See();
        Lead();
    }

    /// <summary>A member will not be back, as an operator says: what it kept is kept by others from now on.</summary>
    public void Evicted(NodeId node)
    {
        if (gone.Add(node))
            Lead();
    }

    /// <summary>A node has called; its hello was heard.</summary>
    /// <param name="channel">The connection; ours from here on.</param>
    /// <param name="hello">What it said.</param>
    /// <param name="source">From which address.</param>
    public void Take(Channel channel, LinkHello hello, uint source) => links.Take(channel, hello, source);

    /// <summary>Sends what was said since the last time.</summary>
    public void Turn()
    {
        while (outgoing.TryDequeue(out var next))
            links.Send(next.To, next.Message);
        links.Flush();
    }

    /// <summary>This node leads, or does not any more.</summary>
    public void Leads(Term? leads)
    {
        term = leads;
        Lead();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        links.Dispose();
        thread.Dispose();
    }

    private static ReadOnlyMemory<byte>? PasswordOf(ClusterKeys? keys)
    {
        if (keys is null)
            return null;
        return Encoding.ASCII.GetBytes(AccessToken.Of(keys.Current.First));
    }

    private bool TakesPart(Member member) => member.Id == options.Self || Tags.Read(member.Tags.Span).Any(tag => tag.Key == Tag);

    // On the store's thread. The loop sends what there is after whatever it does next.
    private void Say(NodeId to, StorageMessage message)
    {
        var wasEmpty = outgoing.IsEmpty;
        outgoing.Enqueue((to, message));
        if (wasEmpty)
            loop.Post(static _ => { }, null);
    }

    private void Receive(NodeId from, StorageMessage message) =>
        thread.Give((at, store, outbox) => store.Receive(at, from, message, outbox));

    private Endpoint? PlaceOf(NodeId node) => places.TryGetValue(node, out var place) ? place : null;

    private void See()
    {
        var now = here;
        if (isStarted)
            thread.Give((at, store, outbox) => store.See(at, now, outbox));
    }

    private void Lead()
    {
        var (leads, members, evicted) = (term, here, gone.ToArray());
        if (isStarted)
            thread.Give((at, store, outbox) => store.Lead(at, leads, members, evicted, outbox));
    }

    private IPEndPoint? Listen()
    {
        if (options.RespPort == 0)
            return null;
        var isLocal = options.Own.Address >> 24 == IPAddress.Loopback.GetAddressBytes()[0];
        var asked = options.RespAddress ?? (options.Keys is null && !isLocal ? null : options.Own.Address);
        var address = asked is { } own ? IPAddress.Parse(Endpoint.AddressText(own)) : IPAddress.Loopback;
        var where = new IPEndPoint(address, options.RespPort);
        try
        {
            return thread.Listen(where);
        }
        catch (SocketException e) when (!options.IsRespPortAsked)
        {
            options.Tell(new WingNews(
                "store",
                $"no client can come by the Redis protocol: cannot listen on {where}: {SystemReason.Of(e)}; --resp-port says where else",
                LogLevel.Warning));
            return null;
        }
        catch (SocketException e)
        {
            throw new NodeException($"cannot listen on {where} for the Redis protocol: {SystemReason.Of(e)}; --resp-port says where else");
        }
    }
}
