namespace Roj.Election;

/// <summary>Why a message of the ring is not taken; the node is as it was before.</summary>
/// <remarks>One of those below. It is an answer all the same: whoever sent the message has delivered it, and does not send it
/// again.</remarks>
public sealed class RingRefusal
{
    private RingRefusal(string why, bool isOfItsTime) => (Why, IsOfItsTime) = (why, isOfItsTime);

    /// <summary>Its sender or its origin is no member of the ring, as far as this node knows.</summary>
    public static RingRefusal Stranger { get; } = new("its sender or its origin is not in the ring", isOfItsTime: true);

    /// <summary>It has been round twice: whoever should have taken it off is gone.</summary>
    public static RingRefusal TooFar { get; } = new("it has been round the ring twice", isOfItsTime: true);

    /// <summary>A later leadership is known, or later colours.</summary>
    public static RingRefusal Stale { get; } = new("a later leadership is known, or later colours", isOfItsTime: true);

    /// <summary>It comes from an earlier life of this node, or from a leadership of its that is over.</summary>
    public static RingRefusal EarlierLife { get; } = new("it comes from an earlier life or leadership of this node", isOfItsTime: true);

    /// <summary>More nodes are in it than a ring may have.</summary>
    public static RingRefusal TooMany { get; } = new("there are too many nodes in it", isOfItsTime: false);

    /// <summary>It contradicts itself.</summary>
    public static RingRefusal Impossible { get; } = new("it contradicts itself", isOfItsTime: false);

    /// <summary>Why, for people.</summary>
    public string Why { get; }

    /// <summary>Whether another node, or this one at another time, might take it (HTTP's 409); else nobody ever does (400).</summary>
    public bool IsOfItsTime { get; }

    /// <inheritdoc/>
    public override string ToString() => Why;
}
