using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>A question under way: is it there?</summary>
internal sealed class Probe(NodeId target, ulong incarnation, uint sequence, Instant relayAt, Instant failAt)
{
    public NodeId Target { get; } = target;

    /// <summary>Which of its incarnations was asked: if it has refuted since, silence says nothing.</summary>
    public ulong Incarnation { get; } = incarnation;

    public uint Sequence { get; } = sequence;

    /// <summary>When others are asked to ask it.</summary>
    public Instant RelayAt { get; } = relayAt;

    /// <summary>When it counts as not there.</summary>
    public Instant FailAt { get; private set; } = failAt;

    /// <summary>How many others were asked; null while none was.</summary>
    public int? Relayed { get; set; }

    /// <summary>How many of them answered that they had no answer.</summary>
    public int Nacks { get; set; }

    /// <summary>Others are asked only now: they have as long as if it were in time.</summary>
    public void Late(Instant now) => FailAt += now - RelayAt;

    public Instant Due => Relayed is null ? RelayAt : FailAt;
}
