using System.Collections.Concurrent;
using System.Net;
using Roj.Agreement;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Storage;
using Roj.Storage.Wire;

namespace Roj.Host.Storage;

/// <summary>A node's part in the store, as the node sees it: who is here and who leads is told to the store's thread, and what it says to
/// other nodes is sent.</summary>
/// <remarks>On the node's loop. Who takes part says so by a tag, <c>store=1</c>.</remarks>
internal sealed class StoreWing : IStoreWing
{
    /// <summary>The tag by which others are told that a node takes part.</summary>
    public const string Tag = "store";

    private readonly StoreWingOptions options;
    private readonly StoreThread thread;
    private readonly EventLoop loop;
    private readonly StoreTalk talk;
    private readonly ConcurrentQueue<(NodeId To, StorageMessage Message)> outgoing = [];
    private readonly SortedSet<NodeId> gone = []; // for good, as an operator says
    private Term? term;
    private bool isStarted;

    /// <summary>Opens what was kept, and listens for clients.</summary>
    /// <exception cref="NodeException">That can't be done.</exception>
    public StoreWing(EventLoop loop, StoreWingOptions options)
    {
        (this.loop, this.options) = (loop, options);
        talk = new StoreTalk(loop, options, Tag, Receive);
        thread = new StoreThread(new StoreOptions
        {
            Self = options.Self,
            Path = Path.Combine(options.DataPath, StoreLog.DirectoryName),
            Life = options.Life,
            Copies = options.Copies,
            Password = RespDoor.PasswordOf(options.Keys),
            Send = Say,
            Heard = what => Watchers!.Hear(what),
            Warn = text => loop.Post(_ => options.Tell(new WingNews("store", text, LogLevel.Warning)), null),
            Fail = why => loop.Post(_ => options.Fail(why), null),
        });
        Watchers = new Watchers(filters => thread.Give((at, store, outbox) => store.Watch(at, filters, outbox)));
        try
        {
            Clients = RespDoor.Listen(options, thread.Listen);
        }
        catch
        {
            thread.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IPEndPoint? Clients { get; }

    /// <inheritdoc/>
    public Watchers Watchers { get; }

    /// <inheritdoc/>
    public Task<StorageAnswer> AskAsync(StorageCall call) => thread.AskAsync(call);

    /// <inheritdoc/>
    public Task<StoreStatus> StatusAsync()
    {
        var told = new TaskCompletionSource<StoreStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        thread.Post(() =>
        {
            var store = thread.Store;
            told.SetResult(new StoreStatus
            {
                Mode = "available",
                Map = store.Map,
                Copies = options.Copies,
                Log = thread.Figures,
                IsFull = thread.IsFull,
                Hints = [.. store.HintedNodes.Select(node => (node, store.HintsFor(node)))],
                HeldSlots = Enumerable.Range(0, SlotMap.Slots).Count(store.Held.Has),
                Calls = store.Calls,
                Clients = thread.Server.Clients,
                Listen = Clients,
            });
        });
        return told.Task;
    }

    /// <inheritdoc/>
    public void Start()
    {
        isStarted = true;
        thread.Start();
        See();
        Lead();
    }

    /// <inheritdoc/>
    public void MembersChanged(IReadOnlyList<Member> members)
    {
        if (!talk.MembersChanged(members))
            return;
        gone.ExceptWith(talk.Here);
        See();
        Lead();
    }

    /// <inheritdoc/>
    public void Evicted(NodeId node)
    {
        if (gone.Add(node))
            Lead();
    }

    /// <inheritdoc/>
    public void Take(Channel channel, LinkHello hello, uint source) => talk.Take(channel, hello, source);

    /// <inheritdoc/>
    public bool HasNews => false;

    /// <inheritdoc/>
    public Instant? Turn()
    {
        while (outgoing.TryDequeue(out var next))
            talk.Say(next.To, next.Message);
        talk.Flush();
        return null;
    }

    /// <inheritdoc/>
    public void Heard(AgreementEvent what)
    {
        // Nothing is agreed on here.
    }

    /// <inheritdoc/>
    public void Leads(Term? leads)
    {
        term = leads;
        Lead();
    }

    /// <summary>Ends if nothing is kept here; told from any thread whether that is so. Then it is to be disposed of.</summary>
    public void EndIfEmpty(Action<bool> told) => thread.EndIfEmpty(told);

    /// <inheritdoc/>
    public void Dispose()
    {
        talk.Dispose();
        thread.Dispose();
        Watchers.Dispose();
    }

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

    private void See()
    {
        var now = talk.Here;
        if (isStarted)
            thread.Give((at, store, outbox) => store.See(at, now, outbox));
    }

    private void Lead()
    {
        var (leads, members, evicted) = (term, talk.Here, gone.ToArray());
        if (isStarted)
            thread.Give((at, store, outbox) => store.Lead(at, leads, members, evicted, outbox));
    }
}
