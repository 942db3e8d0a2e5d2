using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Forgets registers that were deleted (rule 8): once all replicas have taken the deletion, and have sworn never to take
/// anything as
/// old as that again.</summary>
/// <remarks>One that fails because a replica is away, or somebody writes there again, is given up: the tombstone stays, and is an ordinary
/// value.</remarks>
internal sealed class Burials(Slots slots, ProposerSettings settings)
{
    /// <summary>Burials under way at most; beyond, tombstones stay.</summary>
    private const int Max = 1024;

    private readonly Table<(ushort Slot, RegisterName Name), Burial> burials = new();
    private readonly Queue<(Instant GiveUpAt, ushort Slot, RegisterName Name, Ballot Ballot)> agenda = [];

    /// <summary>When <see cref="Tick"/> is next due; null while nothing is under way.</summary>
    public Instant? Deadline => agenda.TryPeek(out var next) ? next.GiveUpAt : null;

    /// <summary>A deletion was taken by enough.</summary>
    public void Begin(Instant now, ushort slot, RegisterName name, Ballot ballot, Content tombstone, AgreementOutbox outbox)
    {
        if (agenda.Count >= Max || slots.Find(slot) is not { Set: { Next: null } set })
            return;
        burials[(slot, name)] = new Burial(set, ballot);
        agenda.Enqueue((now + settings.Patience, slot, name, ballot));
        foreach (var replica in set.All)
            outbox.Send(replica, new AgreementMessage.Accept(slot, set.Version, name, ballot, tombstone, Ballot.None, IsKnown: true));
    }

    /// <summary>A replica has taken the deletion, or has sworn.</summary>
    public void Receive(NodeId from, AgreementMessage.OfRegister message, AgreementOutbox outbox)
    {
        if (!burials.TryGetValue((message.Slot, message.Name), out var burial) || burial.Ballot != message.Ballot
            || burial.Set.Version != message.Version || !burial.Set.Has(from))
        {
            return;
        }

        switch (message)
        {
            case AgreementMessage.Accepted when !burial.IsSworn && burial.IsLast(from):
                burial.IsSworn = true;
                burial.Answered.Clear();
                foreach (var replica in burial.Set.All)
                    outbox.Send(replica, new AgreementMessage.Raise(message.Slot, message.Version, message.Name, message.Ballot));
                break;
            case AgreementMessage.Raised when burial.IsSworn && burial.IsLast(from):
                burials.Remove((message.Slot, message.Name));
                foreach (var replica in burial.Set.All)
                    outbox.Send(replica, new AgreementMessage.Forget(message.Slot, message.Version, message.Name, message.Ballot));
                break;
        }
    }

    /// <summary>Gives up what takes too long.</summary>
    public void Tick(Instant now)
    {
        while (agenda.TryPeek(out var next) && next.GiveUpAt <= now)
        {
            agenda.Dequeue();
            if (burials.TryGetValue((next.Slot, next.Name), out var burial) && burial.Ballot == next.Ballot)
                burials.Remove((next.Slot, next.Name));
        }
    }

    private sealed class Burial(ReplicaSet set, Ballot ballot)
    {
        public ReplicaSet Set => set;

        public Ballot Ballot => ballot;

        public SortedSet<NodeId> Answered { get; } = [];

        public bool IsSworn { get; set; }

        public bool IsLast(NodeId answering) => Answered.Add(answering) && Answered.Count == set.All.Count;
    }
}
