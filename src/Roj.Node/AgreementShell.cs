using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;
using Roj.Log;

namespace Roj.Node;

/// <summary>Between a node's part in agreement and its log: what rests on a saving is not said before that is durable.</summary>
/// <remarks>
/// <para>Whoever has it gives each input to <see cref="Registers"/> with <see cref="Outbox"/> and calls <see cref="Drain"/> then; takes
/// with <see cref="TryTakeMessage"/> and <see cref="TryTakeEvent"/> what may go; and sees to it that what waits is committed: at most one
/// commit is under way, and everything that came meanwhile shares the next one.</para>
/// <para>Events don't wait: whatever they tell was told by a majority that had it on its disks, and that a lease has lapsed must be known
/// at once.</para>
/// </remarks>
/// <param name="self">The node.</param>
/// <param name="registers">Its part in agreement, made on a <see cref="LogStore"/> of the same log.</param>
/// <param name="log">Its log.</param>
public sealed class AgreementShell(NodeId self, Registers registers, DurableLog log)
{
    private readonly AgreementOutbox scratch = new();
    private readonly Queue<Output<NodeId, AgreementMessage, AgreementEvent, AgreementEffect>> undone = []; // no room for the first
    private readonly Queue<(NodeId To, AgreementMessage Message)> ready = [];
    private readonly Queue<AgreementEvent> events = [];
    private readonly Queue<AgreementMessage> own = []; // what this node says to itself
    private List<(NodeId To, AgreementMessage Message)> held = []; // behind savings that no commit has taken yet
    private List<(NodeId To, AgreementMessage Message)> leaving = []; // behind those of the commit under way
    private bool hasSaved;
    private bool isUnderWay;
    private bool isRetried;

    /// <summary>The node's part in agreement. It must be given nothing while <see cref="IsReady"/> is false.</summary>
    public Registers Registers => registers;

    /// <summary>Where each input's outputs go.</summary>
    public AgreementOutbox Outbox => scratch;

    /// <summary>Whether inputs may be given: not while a saving is not even in the log, which is full or has too much waiting, nor after
    /// the log's end.</summary>
    public bool IsReady => undone.Count == 0 && !log.IsQuarantined;

    /// <summary>Whether something waits for a commit, and none is under way.</summary>
    public bool WantsCommit => log.IsDirty && !isUnderWay;

    /// <summary>Carries out what <see cref="Outbox"/> asks for, in order, until this node has nothing more to say to itself.</summary>
    public void Drain(Instant now)
    {
        for (var i = 0; i < scratch.Count; i++)
            undone.Enqueue(scratch[i]);
        scratch.Clear();
        GoOn(now);
    }

    /// <summary>Takes a message that may be sent.</summary>
    public bool TryTakeMessage(out NodeId to, out AgreementMessage? message)
    {
        var isThere = ready.TryDequeue(out var next);
        (to, message) = next;
        return isThere;
    }

    /// <summary>Takes something that the node is told.</summary>
    public bool TryTakeEvent(out AgreementEvent? what) => events.TryDequeue(out what);

    /// <summary>Takes all that waits on its way to the disk; null if nothing waits, or one is under way.</summary>
    public LogCommit? BeginCommit()
    {
        if (log.BeginCommit() is not { } commit)
            return null;
        isUnderWay = true;
        if (!isRetried) // else the same batch goes once more
        {
            (leaving, held) = (held, leaving);
            hasSaved = false;
        }

        return commit;
    }

    /// <summary>A commit has ended: what stood behind it goes.</summary>
    /// <returns><see cref="LogStatus.Done"/>; <see cref="LogStatus.Full"/> if it must be tried again when there is room; <see
    /// cref="LogStatus.Quarantined"/> if the node must stop and open its log anew.</returns>
    public LogStatus EndCommit(Instant now, LogCommit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        var status = log.EndCommit(commit);
        isUnderWay = false;
        isRetried = status is LogStatus.Full;
        if (status is not LogStatus.Done)
            return status;
        foreach (var (to, message) in leaving)
            Release(to, message);
        leaving.Clear();
        GoOn(now);
        return status;
    }

    private void GoOn(Instant now)
    {
        while (!log.IsQuarantined)
        {
            if (undone.TryPeek(out var output))
            {
                if (!TryCarryOut(output))
                    return;
                undone.Dequeue();
                continue;
            }

            if (!own.TryDequeue(out var message))
                return;
            registers.Receive(now, self, message, scratch);
            for (var i = 0; i < scratch.Count; i++)
                undone.Enqueue(scratch[i]);
            scratch.Clear();
        }
    }

    private bool TryCarryOut(Output<NodeId, AgreementMessage, AgreementEvent, AgreementEffect> output)
    {
        if (output.Effect is AgreementEffect.Save(var key, var value))
            return TrySave(key.Span, value);
        if (output.Event is { } what)
            events.Enqueue(what);
        if (output.Message is not { } message)
            return true;
        if (!message.RestsOnDisk)
            Release(output.To, message);
        else if (hasSaved)
            held.Add((output.To, message));
        else if (isUnderWay || isRetried)
            leaving.Add((output.To, message)); // it may rest on what is not durable yet
        else
            Release(output.To, message);
        return true;
    }

    private bool TrySave(ReadOnlySpan<byte> key, ReadOnlyMemory<byte>? value)
    {
        if (value is null && log.Find(key, out _) is LogFinding.Absent)
            return true; // nothing is written, and no commit would come for it
        var status = value is { } bytes ? log.Append(key, bytes.Span) : log.Remove(key);
        hasSaved |= status is LogStatus.Done;
        return status is LogStatus.Done;
    }

    private void Release(NodeId to, AgreementMessage message)
    {
        if (to == self)
            own.Enqueue(message);
        else
            ready.Enqueue((to, message));
    }
}
