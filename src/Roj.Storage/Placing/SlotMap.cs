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

    private readonly NodeId[][] owners;
    private readonly NodeId[][] formers;

    internal SlotMap(Term term, ulong version, int copies, NodeId[] nodes, NodeId[][] owners, NodeId[][] formers)
    {
        (Term, Version, Copies, Nodes) = (term, version, copies, nodes);
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

    /// <summary>The slot of a hash.</summary>
    public static int SlotOf(ulong hash) => (int)(hash >> 56);

    /// <summary>Who has the copies of a slot's keys, the one first that is asked first.</summary>
    public IReadOnlyList<NodeId> OwnersOf(int slot) => owners[slot];

    /// <summary>Who had copies of them before, and may have some that its owners do not have yet.</summary>
    public IReadOnlyList<NodeId> FormersOf(int slot) => formers[slot];

    /// <summary>Whether this one replaces another.</summary>
    public bool IsLaterThan(SlotMap? other) =>
        other is null || (Term, Version).CompareTo((other.Term, other.Version)) > 0;

    /// <summary>Whether a node is an owner of a slot.</summary>
    public bool Owns(NodeId node, int slot) => owners[slot].Contains(node);
}
