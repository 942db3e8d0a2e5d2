using Roj.Kernel;

namespace Roj.Election;

/// <summary>What the ring tells its own node.</summary>
public abstract record RingEvent
{
    private RingEvent()
    {
    }

    /// <summary>This node's own candidacy came home: it is the greatest.</summary>
    public sealed record Nominated : RingEvent;

    /// <summary>Somebody leads.</summary>
    /// <param name="Term">The leadership.</param>
    public sealed record Heard(Term Term) : RingEvent;

    /// <summary>All that there are are known: this node leads, and is to colour them.</summary>
    /// <param name="Nodes">They, this one among them.</param>
    public sealed record Collected(IReadOnlyList<NodeId> Nodes) : RingEvent;

    /// <summary>The leader has told the colours.</summary>
    /// <param name="Colouring">They.</param>
    public sealed record Coloured(Colouring Colouring) : RingEvent;

    /// <summary>All have heard the colours.</summary>
    public sealed record Settled : RingEvent;
}
