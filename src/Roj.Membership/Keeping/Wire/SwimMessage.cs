using Roj.Kernel;

namespace Roj.Membership.Keeping.Wire;

/// <summary>A datagram between members (SWIM, section 3.1), with the news that fit behind it.</summary>
/// <param name="Sender">Who speaks.</param>
/// <param name="Incarnation">Its incarnation: whoever knows a greater one of it has met its future, or its clone.</param>
/// <param name="Sequence">What the answer is to name.</param>
/// <param name="News">Gossip.</param>
public abstract record SwimMessage(NodeId Sender, ulong Incarnation, uint Sequence, IReadOnlyList<Rumour> News)
{
    /// <summary>Are you there?</summary>
    /// <param name="Sender">Who asks.</param>
    /// <param name="Incarnation">Its incarnation.</param>
    /// <param name="Sequence">Its number.</param>
    /// <param name="Target">Whom it takes the receiver for: somebody else may have its address by now, and does not answer.</param>
    /// <param name="News">Gossip.</param>
    public sealed record Ping(NodeId Sender, ulong Incarnation, uint Sequence, NodeId Target, IReadOnlyList<Rumour> News)
        : SwimMessage(Sender, Incarnation, Sequence, News);

    /// <summary>Is it there? I had no answer.</summary>
    /// <param name="Sender">Who asks.</param>
    /// <param name="Incarnation">Its incarnation.</param>
    /// <param name="Sequence">Its number.</param>
    /// <param name="Target">Who shall be pinged.</param>
    /// <param name="At">Where.</param>
    /// <param name="News">Gossip.</param>
    public sealed record PingRequest(
        NodeId Sender, ulong Incarnation, uint Sequence, NodeId Target, Endpoint At, IReadOnlyList<Rumour> News)
        : SwimMessage(Sender, Incarnation, Sequence, News);

    /// <summary>I am; or it is.</summary>
    /// <param name="Sender">Who answers.</param>
    /// <param name="Incarnation">Its incarnation.</param>
    /// <param name="Sequence">The number of what is answered.</param>
    /// <param name="News">Gossip.</param>
    public sealed record Ack(NodeId Sender, ulong Incarnation, uint Sequence, IReadOnlyList<Rumour> News)
        : SwimMessage(Sender, Incarnation, Sequence, News);

    /// <summary>It did not answer me either, but I am here: so the asker is not cut off (Lifeguard, section IV-A).</summary>
    /// <param name="Sender">Who answers.</param>
    /// <param name="Incarnation">Its incarnation.</param>
    /// <param name="Sequence">The number of what is answered.</param>
    /// <param name="News">Gossip.</param>
    public sealed record Nack(NodeId Sender, ulong Incarnation, uint Sequence, IReadOnlyList<Rumour> News)
        : SwimMessage(Sender, Incarnation, Sequence, News);

    /// <summary>Nothing but news.</summary>
    /// <param name="Sender">Who speaks.</param>
    /// <param name="Incarnation">Its incarnation.</param>
    /// <param name="Sequence">0.</param>
    /// <param name="News">Gossip.</param>
    public sealed record Tell(NodeId Sender, ulong Incarnation, uint Sequence, IReadOnlyList<Rumour> News)
        : SwimMessage(Sender, Incarnation, Sequence, News);
}
