using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>A lease that this node holds.</summary>
internal sealed class Holding(ushort slot, RegisterName name, Lease lease)
{
    public ushort Slot => slot;

    public RegisterName Name => name;

    public Lease Lease => lease;

    /// <summary>When what was started under it must be over: a tenth before others may have it.</summary>
    public Instant StopAt { get; private set; }

    /// <summary>When it is next renewed.</summary>
    public Instant RenewAt { get; set; }

    /// <summary>The renewal that is under way; null if none is.</summary>
    public Ballot? Round { get; set; }

    /// <summary>When that was sent.</summary>
    public Instant SentAt { get; set; }

    /// <summary>The replica set that it counts in.</summary>
    public ReplicaSet? Set { get; set; }

    /// <summary>Who says that it is still this node's.</summary>
    public SortedSet<NodeId> For { get; } = [];

    /// <summary>Whether it is being written once more for the sake of those who don't have it.</summary>
    public bool IsKeeping { get; set; }

    /// <summary>Writings under it so far.</summary>
    public ulong Sequence { get; set; }

    /// <summary>It was granted, or renewed: time runs from when this was asked.</summary>
    public void Last(Instant askedAt)
    {
        var stopAt = askedAt + (lease.Duration - (lease.Duration / 10));
        StopAt = stopAt > StopAt ? stopAt : StopAt;
        RenewAt = askedAt + (lease.Duration / 3);
    }
}
