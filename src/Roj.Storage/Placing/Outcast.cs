using Roj.Kernel;

namespace Roj.Storage;

/// <summary>A node that had keys and is in the map no more, or was not once: what it has from then may be older than what was forgotten
/// meanwhile.</summary>
/// <param name="Node">Which.</param>
/// <param name="Barred">When it was done without, by the stamps' time: what it had before is taken from it no more; 0 for never.</param>
/// <param name="IsEmptied">Whether it has thrown that away.</param>
public readonly record struct Outcast(NodeId Node, ulong Barred, bool IsEmptied)
{
    /// <summary>Whether it has yet to throw away what it had.</summary>
    public bool IsBarred => Barred > 0 && !IsEmptied;

    /// <summary>Whether this is known later than another of the same node.</summary>
    internal bool IsLaterThan(Outcast other) => (Barred, IsEmptied).CompareTo((other.Barred, other.IsEmptied)) > 0;
}
