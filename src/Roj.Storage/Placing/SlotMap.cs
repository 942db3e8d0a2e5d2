using Roj.Kernel;

namespace Roj.Storage;

/// <summary>Which nodes have the copies of which keys: 256 slots by the first byte of a key's hash, each with its owners. It is decided by
/// a leader, and never taken from who looks alive.</summary>
/// <remarks>Immutable. A later term's map replaces an earlier one's, and within a term the higher version.</remarks>
public sealed class SlotMap
{
    /// <summary>How many slots there are.</summary>
    public const int Slots = 256;

    /// <summary>Nodes that keys can be spread over, at most.</summary>
    public const int NodesMax = 1000;

    /// <summary>Copies of a key, at most.</summary>
    public const int CopiesMax = 5;

    /// <summary>Nodes that were in a map and are not, at most: nothing is forgotten while there are so many.</summary>
    public const int OutcastsMax = 1000;

    private readonly NodeId[][] owners;
    private readonly NodeId[][] formers;

    internal SlotMap(
        Term term, ulong version, int copies, NodeId[] nodes, NodeId[][] owners, NodeId[][] formers, IReadOnlyList<Outcast> outcasts)
    {
        (Term, Version, Copies, Nodes, Outcasts) = (term, version, copies, nodes, outcasts);
        (this.owners, this.formers) = (owners, formers);
    }

    /// <summary>Whose map it is.</summary>
    public Term Term { get; }

    /// <summary>Which one of that term.</summary>
    public ulong Version { get; }

    /// <summary>How many copies there are of each key, where there are enough nodes.</summary>
    public int Copies { get; }

    /// <summary>All nodes that keys are spread over, in order.</summary>
    public IReadOnlyList<NodeId> Nodes { get; }

    /// <summary>Who had keys and was in the map no more, in order; known of all maps that were heard of, not of this one alone.</summary>
    public IReadOnlyList<Outcast> Outcasts { get; }

    /// <summary>The slot of a hash.</summary>
    public static int SlotOf(ulong hash) => (int)(hash >> 56);

    /// <summary>Who has the copies of a slot's keys, the one first that is asked first.</summary>
    public IReadOnlyList<NodeId> OwnersOf(int slot) => owners[slot];

    /// <summary>Who had copies of them before, and may have some that its owners do not have yet.</summary>
    public IReadOnlyList<NodeId> FormersOf(int slot) => formers[slot];

    /// <summary>Whether this one replaces another.</summary>
    public bool IsLaterThan(SlotMap? other) =>
        other is null || (Term, Version).CompareTo((other.Term, other.Version)) > 0;

    /// <summary>What is known of a node that was in the map no more; null for nothing.</summary>
    public Outcast? OutcastOf(NodeId node)
    {
        foreach (var outcast in Outcasts)
        {
            if (outcast.Node == node)
                return outcast;
        }

        return null;
    }

    /// <summary>Whether what a node has is not taken from it: it was done without, and has not thrown that away yet.</summary>
    public bool IsBarred(NodeId node) => OutcastOf(node) is { IsBarred: true };

    /// <summary>This one, and what is known of nodes besides; itself if nothing is new.</summary>
    internal SlotMap With(IEnumerable<Outcast> others)
    {
        SortedDictionary<NodeId, Outcast>? known = null;
        foreach (var other in others)
        {
            known ??= Known();
            var isNew = known.TryGetValue(other.Node, out var one) ? other.IsLaterThan(one) : known.Count < OutcastsMax;
            if (isNew)
                known[other.Node] = other;
        }

        return known is null || known.Values.SequenceEqual(Outcasts) ? this
            : new SlotMap(Term, Version, Copies, [.. Nodes], owners, formers, [.. known.Values]);
    }

    /// <summary>Whether a node is an owner of a slot.</summary>
    public bool Owns(NodeId node, int slot) => owners[slot].Contains(node);

    private SortedDictionary<NodeId, Outcast> Known()
    {
        var known = new SortedDictionary<NodeId, Outcast>();
        foreach (var outcast in Outcasts)
            known.Add(outcast.Node, outcast);
        return known;
    }
}
