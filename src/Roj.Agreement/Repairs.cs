using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Brings other replicas up to date without waiting for readings (rule 7): goes through what this node took in its slots, a few
/// registers at a time, tells each other replica what that is, and sends what it lacks.</summary>
/// <remarks>Nothing is written around the protocol: what is sent is the Accept of an attempt that was made. Where the other has promised a
/// later one, or the slot's floor is above it, the register is written once more under an attempt of this node. So are deletions that
/// were not forgotten because a replica was away: once all are here they are.</remarks>
internal sealed class Repairs(RegistersSettings settings, Slots slots, Router router, Acceptor acceptor, IStableStore store)
{
    /// <summary>Of one answer so much is sent at once; the rest follows.</summary>
    private const int BytesAtOnce = 256 * 1024;

    private const int ListedAtOnce = AgreementCodec.ListedMax / 4;

    /// <summary>Registers that wait to be written once more at most; who is beyond is met again.</summary>
    private const int RewritesMax = 256;

    private static readonly TimeSpan Unanswered = TimeSpan.FromSeconds(1);

    private readonly Queue<RegisterName> lacking = [];
    private readonly SortedDictionary<(ushort Slot, RegisterName Name), Ballot> sent = [];
    private readonly Queue<(ushort Slot, RegisterName Name)> rewrites = [];
    private readonly SortedSet<(NodeId Node, ushort Slot)> behind = [];
    private ushort slot = 1;
    private int place; // of the one who is compared with, among the members
    private UInt128 cursor;
    private UInt128 next;
    private ulong version;
    private NodeId with;
    private Instant? waitsUntil;
    private bool isTurning; // all of the slot was told; what he lacks may be under way yet

    /// <summary>When <see cref="Tick"/> is next due; null while this node is no replica of anything.</summary>
    public Instant? Deadline { get; private set; }

    /// <summary>Who lacked something of which slot when this node compared it with him last.</summary>
    public IReadOnlyCollection<(NodeId Node, ushort Slot)> Behind => behind;

    /// <summary>Begins with what an earlier life has left.</summary>
    public void Start(Instant now) => Deadline = Any() ? now + settings.RepairRest : null;

    /// <summary>A slot has another replica set.</summary>
    public void Follow(Instant now, ushort changed)
    {
        behind.RemoveWhere(one => one.Slot == changed); // others have it by now, or will
        if (changed != 0 && IsMine(changed) is not null)
            Deadline ??= now + settings.RepairRest;
    }

    /// <summary>Takes out a register that is to be written once more as it is; null if there is none.</summary>
    public (ushort Slot, RegisterName Name)? TakeRewrite() => rewrites.TryDequeue(out var wanted) ? wanted : null;

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, AgreementOutbox outbox)
    {
        if (Deadline is not { } due || due > now)
            return;
        Deadline = now + settings.RepairPause;
        if (lacking.Count > 0)
        {
            SendLacking(outbox);
            return;
        }

        if (waitsUntil > now)
            return;
        if (waitsUntil is not null)
            Turn(); // he does not answer: he is met again
        waitsUntil = null;
        Go(now, outbox);
    }

    /// <summary>The one who was told what this node took says what he lacks.</summary>
    public void Receive(Instant now, NodeId from, AgreementMessage.Lacking message, AgreementOutbox outbox)
    {
        if (waitsUntil is null || from != with || message.Slot != slot || message.Version != version || message.Cursor != cursor)
            return;
        waitsUntil = null;
        if (cursor == UInt128.Zero)
            behind.Remove((from, slot));
        if (message.Names.Count > 0)
            behind.Add((from, slot));
        foreach (var name in message.Names)
            lacking.Enqueue(name);
        if (lacking.Count > 0)
            SendLacking(outbox);
        else
            Deadline = now + settings.RepairPause;
        cursor = next;
        if (cursor == UInt128.Zero)
            isTurning = true;
    }

    /// <summary>Somebody does not take what he lacks: he has promised something later.</summary>
    public void Receive(AgreementMessage.Refused message)
    {
        if (sent.TryGetValue((message.Slot, message.Name), out var ballot) && ballot == message.Ballot)
        {
            sent.Remove((message.Slot, message.Name));
            Rewrite(message.Slot, message.Name);
        }
    }

    private void Go(Instant now, AgreementOutbox outbox)
    {
        if (isTurning)
            Turn();
        for (var looked = 0; looked <= settings.Slots; looked++)
        {
            if (IsMine(slot) is { } set && place < set.Members.Count)
            {
                if (set.Version != version)
                    (version, place, cursor) = (set.Version, 0, UInt128.Zero);
                with = set.Members[place];
                if (with == settings.Self || !router.IsHereNow(with))
                {
                    Turn();
                    looked--;
                    continue;
                }

                if (TryTell(now, set, outbox))
                    return;
                continue;
            }

            (place, cursor) = (0, UInt128.Zero);
            slot++;
            if (slot <= settings.Slots)
                continue;
            // All was gone through: a rest.
            slot = 1;
            sent.Clear();
            Deadline = Any() ? now + settings.RepairRest : null;
            return;
        }
    }

    private bool TryTell(Instant now, ReplicaSet set, AgreementOutbox outbox)
    {
        List<StoredHead> found = [];
        if (store.List(slot, cursor, ListedAtOnce, found) is not { } after)
        {
            Turn(); // what can't be read is others' to tell
            return false;
        }

        List<(RegisterName Name, Ballot Taken)> heads = [];
        var isWhole = set.Members.All(router.IsHereNow);
        foreach (var record in found)
        {
            if (Records.NameOf(slot, record.Key) is not { } name || Records.TakenIn(record.Head) is not var (taken, isDeletion))
                continue;
            // While somebody is away a deletion can't be forgotten: then it must not be one replica's alone either.
            if (!isDeletion || !isWhole)
                heads.Add((name, taken));
            else if (with == set.Members.First(member => member != settings.Self))
                Rewrite(slot, name);
        }

        next = after;
        if (heads.Count > 0)
        {
            waitsUntil = now + Unanswered;
            outbox.Send(with, new AgreementMessage.Compare(slot, version, cursor, heads));
            return true;
        }

        cursor = after;
        if (after == UInt128.Zero)
            Turn();
        return false;
    }

    private void SendLacking(AgreementOutbox outbox)
    {
        for (var bytes = 0; bytes < BytesAtOnce && lacking.TryDequeue(out var name);)
        {
            if (acceptor.StateOf(slot, name) is not { } state || state.Accepted == Ballot.None || IsMine(slot)?.Version != version)
                continue;
            bytes += state.Content.Data?.Length ?? 0;
            sent[(slot, name)] = state.Accepted;
            outbox.Send(with, new AgreementMessage.Accept(slot, version, name, state.Accepted, state.Content, Ballot.None));
        }
    }

    private void Rewrite(ushort where, RegisterName name)
    {
        if (rewrites.Count < RewritesMax)
            rewrites.Enqueue((where, name));
    }

    // On to the next replica, or past the last.
    private void Turn()
    {
        (place, cursor, isTurning) = (place + 1, UInt128.Zero, false);
        lacking.Clear();
    }

    private bool Any() => slots.OfStore.Any(one => IsMine(one.Slot) is not null);

    private ReplicaSet? IsMine(ushort which) =>
        slots.Find(which) is { Set: { Next: null } set } && set.Members.Contains(settings.Self) ? set : null;
}
