using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Changes a slot's replica set: the set that has both, then a copy of everything to those who are next, then the new set
/// (agreement, "Who the acceptors are").</summary>
/// <remarks>Every step is a change of the register where the set is written (<see cref="Placement"/>) that only succeeds on the version
/// before it, or can be repeated: when the steward dies another one goes on, and two at once do no harm.</remarks>
internal sealed class Steward(NodeId self, ushort slot, Slots slots, ProposerSettings settings)
{
    private const int DoneMax = 64 * 1024;

    /// <summary>Who does not list what he has after so many askings, a pause apart, is left for another.</summary>
    private const int UnansweredMax = 5;

    private readonly RegisterName register = Placement.NameOf(slot);
    private readonly SortedSet<NodeId> adopted = [];
    private readonly SortedSet<NodeId> listed = [];
    private readonly SortedSet<RegisterName> pending = [];
    private readonly SortedSet<RegisterName> done = [];
    private SeatWish? wish; // null: only finish what was begun
    private IReadOnlyList<NodeId> concerned = [];
    private Stage stage;
    private SlotState? goal;
    private ChangeId awaited; // what was asked for last
    private NodeId source;
    private int unanswered; // times that it was asked for what comes next
    private UInt128 cursor;
    private Instant giveUpAt;
    private Instant sayAt;

    private enum Stage
    {
        Idle,
        Pausing,
        Reading, // which set is it now?
        Opening, // the set that has both
        Adopting, // until nothing can succeed in the one before
        Copying,
        Rereading, // where it is written, in the set that has both
        Closing, // the new set
        Settling, // until nothing can succeed in the one that has both
    }

    /// <summary>Whose replica set it changes.</summary>
    public ushort Slot => slot;

    /// <summary>Whether a change is under way here.</summary>
    public bool IsBusy => stage is not Stage.Idle;

    /// <summary>What is to be asked of the proposer: what is written of the set, or a change of it, or a register that is
    /// copied.</summary>
    public Queue<StewardWants> Wanted { get; } = [];

    /// <summary>Who is a member no more because somebody wished it.</summary>
    public Queue<NodeId> Departed { get; } = [];

    /// <summary>When <see cref="Tick"/> is next due; null while idle.</summary>
    public Instant? Deadline => stage is Stage.Idle ? null : sayAt < giveUpAt ? sayAt : giveUpAt;

    /// <summary>Begins to change the set.</summary>
    /// <param name="now">The time.</param>
    /// <param name="wished">How it is to be; null to finish what another steward began.</param>
    /// <param name="patience">How long it may take.</param>
    public void Begin(Instant now, SeatWish? wished, TimeSpan patience)
    {
        Check.That(stage is Stage.Idle);
        (wish, giveUpAt) = (wished, now + patience);
        Read(now);
    }

    /// <summary>The set may be another one: if it is newer than what is worked on, somebody else went on with it.</summary>
    public void Follow(Instant now)
    {
        if (stage is not (Stage.Idle or Stage.Pausing or Stage.Reading) && slots.Find(slot)!.Set.Version > goal!.Set.Version)
            Read(now);
    }

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, AgreementOutbox outbox)
    {
        if (stage is Stage.Idle)
            return;
        if (giveUpAt <= now)
        {
            End(outbox, "no majority of the replicas answered in time; the set may still be changed by who goes on with it");
            return;
        }

        if (sayAt > now)
            return;
        sayAt = now + settings.RetryPause;
        if (stage is Stage.Pausing)
            Read(now);
        else if (stage is Stage.Adopting or Stage.Settling)
            SayAdopt(outbox);
        else if (stage is Stage.Copying && pending.Count == 0 && ++unanswered < UnansweredMax)
            SayList(outbox);
        else if (stage is Stage.Copying && pending.Count == 0)
            NextSource(now, outbox, isSilent: true);
    }

    /// <summary>What was <see cref="Wanted"/> has this id.</summary>
    public void Asked(ChangeId id) => awaited = id;

    /// <summary>A request of this steward's has ended.</summary>
    public void Ended(Instant now, RegisterName name, Outcome outcome, AgreementOutbox outbox)
    {
        // A reading that an earlier look at the set asked for may end only now: it does not tell that the set was changed, nor that
        // anybody has listed what he has.
        if (stage is Stage.Copying)
        {
            if (!pending.Contains(name))
                return;
            if (outcome.Applied is Applied.Yes)
                Copied(now, name, outbox);
            else
                Wanted.Enqueue(new StewardWants(slot, name, null)); // somebody's lease keeps it; its holder writes it where it lacks
            return;
        }

        if (outcome.Id != awaited)
            return;
        switch (stage)
        {
            case Stage.Reading when outcome.Content is { } content:
                Found(now, content, outbox);
                break;
            case Stage.Rereading when outcome.Content is { } content && Placement.SetOf(content) is { Next: { } next } set
                && set.Version == goal!.Set.Version:
                Ask(now, Stage.Closing, set with { Version = set.Version + 1, Members = next, Next = null }, content.Version);
                break;
            case Stage.Opening or Stage.Closing when outcome.Applied is Applied.Yes:
                Adopt(now, goal!, stage is Stage.Opening ? Stage.Adopting : Stage.Settling, outbox);
                break;
            case Stage.Reading or Stage.Rereading or Stage.Opening or Stage.Closing:
                // Somebody was first, or nobody answered: look again, until it takes too long.
                (stage, sayAt) = (Stage.Pausing, now + settings.RetryPause);
                break;
            default:
                break; // of something that is over
        }
    }

    /// <summary>Somebody has adopted a replica set.</summary>
    public void Receive(Instant now, NodeId from, AgreementMessage.Adopted message, AgreementOutbox outbox)
    {
        if (stage is not (Stage.Adopting or Stage.Copying or Stage.Settling) || message.Slot != slot
            || message.Version < goal!.Set.Version)
        {
            return;
        }

        // The floor moves with the slot: those who are next must not take what the others have sworn never to take. Who has not adopted
        // it yet does not count.
        var floor = goal.Floor.Over(message.Floor);
        if (stage is Stage.Adopting && floor != goal.Floor)
        {
            Adopt(now, goal with { Floor = floor }, stage, outbox);
            return;
        }

        if (message.Floor != floor)
            return;
        adopted.Add(from);
        if (stage is Stage.Copying)
            return; // another who may list
        if (!goal.Set.IsQuorum(adopted))
            return;

        if (stage is Stage.Settling)
        {
            if (wish is null)
                End(outbox, null);
            else
                Read(now); // is it what was wished for?
            return;
        }

        stage = Stage.Copying;
        listed.Clear();
        done.Clear();
        pending.Clear();
        NextSource(now, outbox);
    }

    /// <summary>Somebody lists what he keeps.</summary>
    public void Receive(Instant now, NodeId from, AgreementMessage.Listed message, AgreementOutbox outbox)
    {
        if (stage is not Stage.Copying || from != source || message.Cursor != cursor || pending.Count > 0
            || message.Version != goal!.Set.Version || message.Slot != slot)
        {
            return;
        }

        (cursor, unanswered) = (message.Next, 0);
        foreach (var name in message.Names.Where(name => !done.Contains(name)))
        {
            pending.Add(name);
            Wanted.Enqueue(new StewardWants(slot, name, null));
        }

        if (pending.Count == 0)
            Copied(now, null, outbox);
    }

    private void Read(Instant now)
    {
        (stage, sayAt) = (Stage.Reading, now + settings.RetryPause);
        Wanted.Clear();
        Wanted.Enqueue(new StewardWants(0, register, null));
    }

    private void Found(Instant now, Content content, AgreementOutbox outbox)
    {
        var known = slots.Find(slot);
        var set = content.Data is null ? known?.Set : Placement.SetOf(content); // nobody has changed it since its birth
        if (set is null || set.Cluster != slots.Find(0)!.Set.Cluster)
        {
            End(outbox, "what is written of the set can't be read");
            return;
        }

        var floor = known?.Floor ?? Floor.None;

        if (set.Next is not null)
        {
            Adopt(now, new SlotState(set, floor), Stage.Adopting, outbox); // begun by another, or by an earlier life
            return;
        }

        if (set.Version > (known?.Set.Version ?? 0))
        {
            // Whoever closed it may have died before he told anybody, and who leaves with it is steward no more.
            concerned = [.. set.All.Union(known?.Set.All ?? [])];
            Adopt(now, new SlotState(set, floor), Stage.Settling, outbox);
            return;
        }

        if (wish is null || wish.IsGrantedBy(set))
            End(outbox, null);
        else if (wish.WhyNot(set) is { } whyNot)
            End(outbox, whyNot);
        else
            Ask(now, Stage.Opening, set with { Version = set.Version + 1, Next = wish.Of(set) }, content.Version);
    }

    private void Ask(Instant now, Stage next, ReplicaSet set, ulong on)
    {
        (stage, sayAt, goal) = (next, now + settings.RetryPause, new SlotState(set, slots.Find(slot)!.Floor));
        var change = new RegisterChange.Set(Placement.DataOf(set)) { Condition = Condition.At(on) };
        Wanted.Enqueue(new StewardWants(0, register, change));
    }

    private void Adopt(Instant now, SlotState state, Stage next, AgreementOutbox outbox)
    {
        (goal, stage, sayAt) = (state, next, now + settings.RetryPause);
        if (next is Stage.Adopting)
            concerned = state.Set.All;
        adopted.Clear();
        slots.Adopt(slot, state, outbox);
        SayAdopt(outbox);
    }

    // To those as well who were members before: who is no member any more is to know it.
    private void SayAdopt(AgreementOutbox outbox)
    {
        var (state, own) = (goal!, slots.Find(slot)!);
        foreach (var node in concerned.Where(node => !adopted.Contains(node)))
        {
            if (node == self)
                outbox.Send(self, new AgreementMessage.Adopted(slot, own.Set.Version, own.Floor)); // behind its saving
            else
                outbox.Send(node, new AgreementMessage.Adopt(slot, state));
        }
    }

    private void SayList(AgreementOutbox outbox) =>
        outbox.Send(source, new AgreementMessage.List(slot, goal!.Set.Version, cursor));

    // A majority of the old members, each from beginning to end; and of the next, who may have taken meanwhile what none of those had: so
    // whoever of them has something below the floor is told of now, and knows the floor from now on.
    private void NextSource(Instant now, AgreementOutbox outbox, bool isSilent = false)
    {
        if (goal!.Set.IsQuorum(listed))
        {
            stage = Stage.Rereading;
            Wanted.Enqueue(new StewardWants(0, register, null));
            return;
        }

        // Who can't read what he has is silent; another may do, who has not adopted yet perhaps.
        if (isSilent)
            SayAdopt(outbox);
        NodeId[] left = [.. adopted.Where(node => goal.Set.Has(node) && !listed.Contains(node))];
        var next = left.FirstOrDefault(node => node > source, left[0]);
        (source, cursor, unanswered) = (next, UInt128.Zero, 0);
        sayAt = now + settings.RetryPause;
        SayList(outbox);
    }

    private void Copied(Instant now, RegisterName? name, AgreementOutbox outbox)
    {
        if (name is { } copied)
        {
            pending.Remove(copied);
            if (done.Count < DoneMax)
                done.Add(copied);
        }

        if (pending.Count > 0)
            return;
        if (cursor == UInt128.Zero)
        {
            listed.Add(source);
            NextSource(now, outbox);
            return;
        }

        sayAt = now + settings.RetryPause;
        SayList(outbox);
    }

    private void End(AgreementOutbox outbox, string? why)
    {
        if (wish?.Ended(why) is { } ended)
            outbox.Emit(ended);
        if (wish is RosterWish { IsMember: false } evicted && why is null)
            Departed.Enqueue(evicted.Node);
        (stage, wish) = (Stage.Idle, null);
        Wanted.Clear();
    }
}
