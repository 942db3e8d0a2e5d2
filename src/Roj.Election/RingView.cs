using Roj.Kernel;

namespace Roj.Election;

/// <summary>Who is in the ring, seen from one node.</summary>
internal sealed class RingView
{
    private readonly NodeId[] sorted;

    /// <summary>The ring <paramref name="inOrder"/>; <paramref name="self"/> is in it, named or not, and nobody is twice.</summary>
    public RingView(NodeId self, IReadOnlyList<NodeId> inOrder)
    {
        sorted = [.. inOrder.Append(self).Order().Distinct()];
        var at = 0;
        while (at < inOrder.Count && inOrder[at] != self)
            at++;
        var seen = new SortedSet<NodeId> { self };
        ToTheRight = [.. inOrder.Skip(at + 1).Concat(inOrder.Take(at)).Where(seen.Add)];
    }

    /// <summary>The others, the right neighbour first.</summary>
    public IReadOnlyList<NodeId> ToTheRight { get; }

    /// <summary>All of them, in order of their ids.</summary>
    public IReadOnlyList<NodeId> All => sorted;

    /// <summary>How many there are, this node among them.</summary>
    public int Count => sorted.Length;

    /// <summary>Whether <paramref name="node"/> is in it.</summary>
    public bool Has(NodeId node) => Array.BinarySearch(sorted, node) >= 0;

    /// <summary>Whether all of <paramref name="others"/> are in it.</summary>
    public bool HasAll(IReadOnlyList<NodeId> others)
    {
        foreach (var other in others)
        {
            if (!Has(other))
                return false;
        }

        return true;
    }
}
