using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>The changes of replica sets that are under way here: one of a slot at a time, and of a few slots.</summary>
internal sealed class Stewards(NodeId self, Slots slots, ProposerSettings settings)
{
    /// <summary>Slots of the store that are moved at once: what is copied shares the disks with what is asked for.</summary>
    public const int MovesMax = 4;

    private readonly SortedDictionary<ushort, Steward> moves = [];

    /// <summary>Changes the roster.</summary>
    public Steward OfRoster { get; } = new(self, 0, slots, settings);

    /// <summary>When <see cref="Tick"/> is next due; null while nothing is under way.</summary>
    public Instant? Deadline => moves.Values.Aggregate(OfRoster.Deadline, (due, move) => Instant.Earliest(due, move.Deadline));

    /// <summary>Whether one more slot may be moved.</summary>
    public bool HasRoom => moves.Count < MovesMax;

    /// <summary>Whether a slot's replica set is changed here.</summary>
    public bool IsBusy(ushort slot) => slot == 0 ? OfRoster.IsBusy : moves.ContainsKey(slot);

    /// <summary>Begins to move a slot of the store.</summary>
    public void Begin(Instant now, ushort slot, MoveWish? wish, TimeSpan patience)
    {
        var move = new Steward(self, slot, slots, settings);
        moves.Add(slot, move);
        move.Begin(now, wish, patience);
    }

    /// <summary>Takes out what is to be asked of the proposer next; null if nothing is.</summary>
    public (Steward For, StewardWants What)? TakeWanted()
    {
        if (OfRoster.Wanted.TryDequeue(out var wanted))
            return (OfRoster, wanted);
        foreach (var move in moves.Values)
        {
            if (move.Wanted.TryDequeue(out wanted))
                return (move, wanted);
        }

        return null;
    }

    /// <summary>A request of the steward of a slot has ended.</summary>
    public void Ended(Instant now, ushort slot, RegisterName name, Outcome outcome, AgreementOutbox outbox)
    {
        Find(slot)?.Ended(now, name, outcome, outbox);
        Sweep(slot);
    }

    /// <summary>Somebody has adopted a replica set.</summary>
    public void Receive(Instant now, NodeId from, AgreementMessage.Adopted message, AgreementOutbox outbox)
    {
        Find(message.Slot)?.Receive(now, from, message, outbox);
        Sweep(message.Slot);
    }

    /// <summary>Somebody lists what he keeps.</summary>
    public void Receive(Instant now, NodeId from, AgreementMessage.Listed message, AgreementOutbox outbox) =>
        Find(message.Slot)?.Receive(now, from, message, outbox);

    /// <summary>A slot has another replica set.</summary>
    public void Follow(Instant now, ushort slot) => Find(slot)?.Follow(now);

    /// <summary>Does what is due.</summary>
    public void Tick(Instant now, AgreementOutbox outbox)
    {
        OfRoster.Tick(now, outbox);
        foreach (var slot in moves.Keys.ToArray())
        {
            moves[slot].Tick(now, outbox);
            Sweep(slot);
        }
    }

    private Steward? Find(ushort slot) => slot == 0 ? OfRoster : moves.GetValueOrDefault(slot);

    private void Sweep(ushort slot)
    {
        if (moves.TryGetValue(slot, out var move) && !move.IsBusy)
            moves.Remove(slot);
    }
}
