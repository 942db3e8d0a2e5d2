using Roj.Election;
using Roj.Kernel;

namespace Roj.Host.Election;

/// <summary>How election stands at one node.</summary>
internal sealed record ElectionStatus
{
    /// <summary>Which election nominates.</summary>
    public required ElectionKind Kind { get; init; }

    /// <summary>How the node stands.</summary>
    public required Standing Standing { get; init; }

    /// <summary>The leadership that it heeds; null while there is none.</summary>
    public required Term? Term { get; init; }

    /// <summary>The latest colours that it knows of.</summary>
    public required Colouring Colouring { get; init; }

    /// <summary>The leaderships that it knew of, the latest last.</summary>
    public required IReadOnlyList<Leadership> History { get; init; }

    /// <summary>How often another led than before, or nobody did.</summary>
    public long Changes { get; init; }

    /// <summary>How many messages of the ring this node posted to its neighbours.</summary>
    public long RingSent { get; init; }

    /// <summary>How many messages of the ring this node refused.</summary>
    public long RingRefused { get; init; }
}
