using Roj.Kernel;
using Roj.Log;
using Roj.Storage;
using Roj.Storage.Wire;

namespace Roj.Node;

/// <summary>Between a node's part in the store and its log: what rests on something kept is not said before that is durable.</summary>
/// <remarks>Whoever has it gives each input to <see cref="Store"/> with <see cref="Outbox"/> and calls <see cref="Drain"/> then; takes with
/// the others what may go; and sees to it that what waits is committed: at most one commit is under way, and all that came meanwhile shares
/// the next one.</remarks>
/// <param name="self">The node.</param>
/// <param name="store">Its part in the store, on a <see cref="LogShelf"/> of the same log.</param>
/// <param name="log">The log.</param>
public sealed class StorageShell(NodeId self, Store store, DurableLog log)
{
    private readonly StorageOutbox scratch = new();
    private readonly Queue<(NodeId To, StorageMessage Message)> messages = [];
    private readonly Queue<StorageEvent> events = [];
    private readonly Queue<StorageEffect.Answer> answers = [];
    private readonly Queue<StorageMessage> own = []; // what this node says to itself
    private List<Output<NodeId, StorageMessage, StorageEvent, StorageEffect>> held = []; // no commit has taken what it rests on yet
    private List<Output<NodeId, StorageMessage, StorageEvent, StorageEffect>> leaving = []; // behind the commit under way
    private bool isUnderWay;
    private bool isRetried;

    /// <summary>The node's part in the store.</summary>
    public Store Store => store;

    /// <summary>Where each input's outputs go.</summary>
    public StorageOutbox Outbox => scratch;

    /// <summary>Whether something waits for a commit, and none is under way.</summary>
    public bool WantsCommit => log.IsDirty && !isUnderWay;

    /// <summary>Carries out what <see cref="Outbox"/> asks for, in order, until this node has nothing more to say to itself.</summary>
    public void Drain(Moment at)
    {
        Sort();
        while (own.TryDequeue(out var message))
        {
            store.Receive(at, self, message, scratch);
            Sort();
        }
    }

    /// <summary>Takes a message that may be sent.</summary>
    public bool TryTakeMessage(out NodeId to, out StorageMessage? message)
    {
        var isThere = messages.TryDequeue(out var next);
        (to, message) = next;
        return isThere;
    }

    /// <summary>Takes an answer that may be given.</summary>
    public bool TryTakeAnswer(out StorageEffect.Answer? answer) => answers.TryDequeue(out answer);

    /// <summary>Takes something that the node is told.</summary>
    public bool TryTakeEvent(out StorageEvent? what) => events.TryDequeue(out what);

    /// <summary>Takes all that waits on its way to the disk; null if nothing waits, or one is under way.</summary>
    public LogCommit? BeginCommit()
    {
        if (log.BeginCommit() is not { } commit)
            return null;
        isUnderWay = true;
        if (!isRetried) // else the same batch goes once more
            (leaving, held) = (held, leaving);
        return commit;
    }

    /// <summary>A commit has ended: what stood behind it goes.</summary>
    /// <returns><see cref="LogStatus.Done"/>; <see cref="LogStatus.Full"/> if it must be tried again when there is room; <see
    /// cref="LogStatus.Quarantined"/> if the node must stop and open its log anew.</returns>
    public LogStatus EndCommit(Moment at, LogCommit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        var status = log.EndCommit(commit);
        isUnderWay = false;
        isRetried = status is LogStatus.Full;
        if (status is not LogStatus.Done)
            return status;
        foreach (var output in leaving)
            Release(output);
        leaving.Clear();
        Drain(at);
        return status;
    }

    private void Sort()
    {
        for (var i = 0; i < scratch.Count; i++)
        {
            var output = scratch[i];
            var rests = output.Message is { RestsOnDisk: true } || output.Effect is StorageEffect.Answer { RestsOnDisk: true };
            if (!rests)
                Release(output);
            else if (log.IsWaiting)
                held.Add(output);
            else if (isUnderWay || isRetried)
                leaving.Add(output);
            else
                Release(output);
        }

        scratch.Clear();
    }

    private void Release(Output<NodeId, StorageMessage, StorageEvent, StorageEffect> output)
    {
        if (output.Event is { } what)
            events.Enqueue(what);
        if (output.Effect is StorageEffect.Answer answer)
            answers.Enqueue(answer);
        if (output.Message is not { } message)
            return;
        if (output.To == self)
            own.Enqueue(message);
        else
            messages.Enqueue((output.To, message));
    }
}
