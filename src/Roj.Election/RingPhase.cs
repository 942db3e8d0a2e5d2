using Roj.Kernel;

namespace Roj.Election;

/// <summary>What a node of the ring is about.</summary>
internal abstract record RingPhase
{
    private RingPhase()
    {
    }

    /// <summary>When it does something by itself; null for never.</summary>
    internal virtual Instant? Due => null;

    /// <summary>It has not been started.</summary>
    internal sealed record Idle : RingPhase;

    /// <summary>It has been started, and stands at <paramref name="Until"/> unless it hears of a leader.</summary>
    internal sealed record Waiting(Instant Until) : RingPhase
    {
        internal override Instant? Due => Until;
    }

    /// <summary>Its candidacy is on its way, and goes once more at <paramref name="AgainAt"/>.</summary>
    internal sealed record Standing(Instant AgainAt) : RingPhase
    {
        internal override Instant? Due => AgainAt;
    }

    /// <summary>Its candidacy came home: it is the caller's turn.</summary>
    internal sealed record Nominated : RingPhase;

    /// <summary>Another leads, or nobody does and it is not this node's turn.</summary>
    /// <param name="Term">The leadership.</param>
    /// <param name="StoodAt">When it last sent its own candidacy in place of a lesser one; null for never.</param>
    internal sealed record Following(Term Term, Instant? StoodAt) : RingPhase;

    /// <summary>It leads; <paramref name="Round"/> is under way.</summary>
    /// <param name="Term">The leadership.</param>
    /// <param name="Round">What goes round.</param>
    /// <param name="AgainAt">When it is sent again; null if nothing goes round.</param>
    /// <param name="AnnouncedAt">When LEADER was sent last.</param>
    /// <param name="AnnounceAt">When it is to be sent once more, since somebody seems not to know; null for not.</param>
    /// <param name="Collected">Whom COLLECT met last; null before.</param>
    internal sealed record Leading(
        Term Term, RingRound Round, Instant? AgainAt, Instant AnnouncedAt, Instant? AnnounceAt, IReadOnlyList<NodeId>? Collected)
        : RingPhase
    {
        internal override Instant? Due => Instant.Earliest(AgainAt, AnnounceAt);
    }
}
