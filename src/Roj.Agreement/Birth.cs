using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>How the first N nodes that meet become a cluster: when all of them have it on disk.</summary>
/// <remarks>A node belongs to one cluster-to-be at a time. It leaves it only for a greater one, of which it hears from one of its own: he
/// pledged himself there and never goes back, so the smaller one can never be complete. Hence no two complete that have a node in
/// common.</remarks>
internal sealed class Birth
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2); // three times unheard: not there any more

    private readonly NodeId self;
    private readonly int expected;
    private readonly Slots slots;
    private readonly Rng rng;
    private readonly SortedDictionary<NodeId, Instant> ready = [];
    private readonly SortedSet<NodeId> having = [];
    private IReadOnlyCollection<NodeId> alive = [];
    private Pledge? pledge;

    public Birth(NodeId self, int expected, Slots slots, IStableStore store, Rng rng)
    {
        (this.self, this.expected, this.slots, this.rng) = (self, expected, slots, rng);
        IsDamaged = store.Find(out pledge) is Finding.Damaged;
    }

    /// <summary>Whether it can't be read to which cluster-to-be the node belongs.</summary>
    public bool IsDamaged { get; }

    /// <summary>When <see cref="Tick"/> is next due; null once there is a roster, or none is expected.</summary>
    public Instant? Deadline { get; private set; }

    /// <summary>Whom this node waits for, who has not pledged himself yet; empty if it waits for nobody in particular.</summary>
    public IReadOnlyList<NodeId> Awaited =>
        slots.Find(0) is null && pledge is { IsHeld: true } held ? [.. held.Set.Members.Where(member => !having.Contains(member))] : [];

    /// <summary>Whether a cluster may be joined: not while another one may be complete without our knowing.</summary>
    public bool MayJoin(UInt128 cluster) => pledge is not { IsHeld: true } held || held.Set.Cluster == cluster;

    /// <summary>Another node says which replica set a slot has.</summary>
    public void Adopt(NodeId from, ushort slot, SlotState state, AgreementOutbox outbox)
    {
        // Slots are their cluster's: who belongs to none yet learns first to which.
        if (slot != 0 && slots.Find(0) is null)
            return;
        var known = slots.Find(slot) ?? slots.Find(0);
        if (known is null ? !MayJoin(state.Set.Cluster) : known.Set.Cluster != state.Set.Cluster)
        {
            outbox.Emit(new AgreementEvent.ForeignCluster(from, state.Set.Cluster));
            return;
        }

        slots.Adopt(slot, state, outbox);
        if (slots.Find(slot) is { } adopted && adopted.Set.Version >= state.Set.Version)
            outbox.Send(from, new AgreementMessage.Adopted(slot, adopted.Set.Version, adopted.Floor));
    }

    /// <summary>Who is here.</summary>
    public void Alive(IReadOnlyCollection<NodeId> nodes) => alive = nodes;

    /// <summary>Begins, or goes on.</summary>
    public void Tick(Instant now, AgreementOutbox outbox)
    {
        Deadline = null;
        if (slots.Find(0) is not null || (expected == 0 && pledge is not { IsHeld: true }))
            return;
        Deadline = now + Pause + rng.Next(TimeSpan.Zero, Pause / 5);
        if (pledge is not { IsHeld: true })
            Propose(now, outbox);
        if (pledge is { IsHeld: true } held)
        {
            having.Add(self);
            Say(held, outbox);
            Complete(held, outbox);
        }
        else
        {
            foreach (var node in alive.Where(node => node != self))
                outbox.Send(node, new AgreementMessage.Ready(expected));
        }
    }

    /// <summary>Somebody waits as well.</summary>
    public void Receive(Instant now, NodeId from, AgreementMessage.Ready message, AgreementOutbox outbox)
    {
        if (slots.Find(0) is { } known)
        {
            outbox.Send(from, new AgreementMessage.Adopt(0, known));
            return;
        }

        if (expected > 0 && message.Expected != expected)
            outbox.Emit(new AgreementEvent.ExpectationsDiffer(from, message.Expected));
        else if (expected > 0)
            ready[from] = now;
        if (ready.Count > 64)
            ready.Remove(ready.MinBy(one => one.Value).Key);
    }

    /// <summary>Somebody has pledged himself.</summary>
    public void Receive(NodeId from, AgreementMessage.Pledge message, AgreementOutbox outbox)
    {
        if (slots.Find(0) is { } known)
        {
            outbox.Send(from, new AgreementMessage.Adopt(0, known));
            return;
        }

        var his = new Pledge(true, message.Round, message.Set);
        if (!his.Set.Has(from) || his.Set is not { Version: 1, Next: null })
            return;
        if (pledge is { IsHeld: true } mine && !his.IsSameAs(mine))
            Compare(from, mine, his, outbox);
        else if (his.Set.Has(self) && (pledge is null || his.Beats(pledge)))
            Take(his, outbox);
        if (pledge is not { IsHeld: true } held || !held.IsSameAs(his))
            return;
        having.Add(from);
        Complete(held, outbox);
    }

    private void Propose(Instant now, AgreementOutbox outbox)
    {
        foreach (var late in ready.Where(one => now - one.Value > Freshness).Select(one => one.Key).ToArray())
            ready.Remove(late);
        // The least of those who wait speaks for them, so that as few as possible speak at once.
        if (expected == 0 || ready.Count + 1 < expected || ready.Keys.Any(other => other < self))
            return;
        NodeId[] members = [self, .. ready.Keys.Take(expected - 1)];
        var cluster = new UInt128(rng.NextUInt64(), rng.NextUInt64());
        Take(new Pledge(true, (pledge?.Round ?? 0) + 1, new ReplicaSet(cluster, 1, members, null)), outbox);
    }

    private void Compare(NodeId from, Pledge mine, Pledge his, AgreementOutbox outbox)
    {
        if (!his.Beats(mine))
            outbox.Send(from, new AgreementMessage.Pledge(mine.Round, mine.Set)); // ours beats his: if he is one of us, he comes over
        else if (mine.Set.Has(from) && his.Set.Has(self))
            Take(his, outbox);
        else if (mine.Set.Has(from))
            Take(mine with { IsHeld = false }, outbox);
    }

    private void Take(Pledge taken, AgreementOutbox outbox)
    {
        pledge = taken;
        having.Clear();
        outbox.Do(Records.Save(taken));
        if (!taken.IsHeld)
            return;
        having.Add(self);
        Say(taken, outbox);
        Complete(taken, outbox);
    }

    private void Say(Pledge held, AgreementOutbox outbox)
    {
        foreach (var member in held.Set.Members.Where(member => member != self))
            outbox.Send(member, new AgreementMessage.Pledge(held.Round, held.Set));
    }

    private void Complete(Pledge held, AgreementOutbox outbox)
    {
        if (held.Set.Members.All(having.Contains))
            slots.Adopt(0, new SlotState(held.Set, Floor.None), outbox);
    }
}
