using Roj.Kernel;

namespace Roj.Membership.Keeping;

/// <summary>A question under way: is it there?</summary>
internal sealed class Probe(NodeId target, Endpoint node, ulong incarnation, uint sequence, Instant relayAt, Instant failAt)
{
    public NodeId Target { get; } = target;

    /// <summary>Which of its incarnations was asked: if it has refuted since, silence says nothing.</summary>
    public ulong Incarnation { get; } = incarnation;

    public uint Sequence { get; } = sequence;

    /// <summary>When others are asked to ask it.</summary>
    public Instant RelayAt { get; } = relayAt;

    /// <summary>When it counts as not there.</summary>
    public Instant FailAt { get; private set; } = failAt;

    /// <summary>Which others were asked; null while none was.</summary>
    public List<Endpoint>? Relays { get; set; }

    /// <summary>How many of them answered that they had no answer.</summary>
    public int Nacks { get; set; }

    /// <summary>Others are asked only now: they have as long as if it were in time.</summary>
    public void Late(Instant now) => FailAt += now - RelayAt;

    /// <summary>Whether an answer from there is one: a number is soon guessed, the place of who was asked is not as soon forged.</summary>
    public bool WasAsked(Endpoint from) => from == node || Relays?.Contains(from) == true;

    public Instant Due => Relays is null ? RelayAt : FailAt;
}
