using Roj.Agreement.Wire;
using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Finds out whether this node's disk was set back: whether others remember a later start of it than it does.</summary>
/// <remarks>Each start is told to the others of the roster, and kept by them, before anything is promised or proposed in it. A disk that
/// forgot what it had promised is found out as long as one of those answers who remembers; it is a detection, no proof.</remarks>
internal sealed class Witnesses(NodeId self, uint boot, ulong life, Slots slots, IStableStore store, ProposerSettings settings)
{
    private readonly SortedSet<NodeId> confirmed = [];
    private bool isSetBack;

    /// <summary>Whether enough have confirmed that this is the latest start.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>When <see cref="Tick"/> is next due.</summary>
    public Instant? Deadline { get; private set; }

    /// <summary>The replica set may be another one.</summary>
    public void Follow(Instant now, AgreementOutbox outbox)
    {
        if (!IsConfirmed && !isSetBack)
            Tick(now, outbox);
    }

    /// <summary>Asks who has not answered.</summary>
    public void Tick(Instant now, AgreementOutbox outbox)
    {
        Deadline = null;
        if (IsConfirmed || isSetBack || slots.Find(0) is not { Set: var set })
            return;
        IsConfirmed = IsEnough(set);
        if (IsConfirmed)
            return;
        foreach (var other in set.All)
        {
            if (other != self && !confirmed.Contains(other))
                outbox.Send(other, new AgreementMessage.Booted(boot, life));
        }

        Deadline = now + settings.RetryPause;
    }

    /// <summary>Another node has started.</summary>
    public void Receive(NodeId from, AgreementMessage.Booted booted, AgreementOutbox outbox)
    {
        var (known, knownLife) = store.FindBoot(from);
        if (booted.Boot > known)
        {
            outbox.Do(Records.Save(from, booted.Boot, booted.Life));
            (known, knownLife) = (booted.Boot, booted.Life);
        }

        outbox.Send(from, new AgreementMessage.Remembered(known, knownLife));
    }

    /// <summary>Another node answers.</summary>
    public void Receive(NodeId from, AgreementMessage.Remembered remembered, AgreementOutbox outbox)
    {
        if (remembered.Boot < boot || isSetBack || slots.Find(0) is not { Set: var set } || !set.Has(from))
            return;
        if (remembered.Boot == boot && remembered.Life == life)
        {
            confirmed.Add(from);
            IsConfirmed |= IsEnough(set);
            return;
        }

        (isSetBack, IsConfirmed) = (true, false);
        outbox.Emit(new AgreementEvent.SetBack(from, remembered.Boot));
    }

    private bool IsEnough(ReplicaSet set) => set.IsQuorum(confirmed.Append(self));
}
