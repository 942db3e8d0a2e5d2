using Roj.Kernel;

namespace Roj.Storage;

/// <summary>Numbered servers have the copies, always the same ones of a key; this node has none, but all hints.</summary>
/// <param name="self">The node itself.</param>
/// <param name="shelf">Its shelf.</param>
/// <param name="servers">How many servers there are.</param>
/// <param name="copies">How many of them have a key.</param>
internal sealed class NumberedPlacement(NodeId self, IShelf shelf, int servers, int copies) : Placement(self, shelf)
{
    private readonly NodeId[][] owners =
    [
        .. Enumerable.Range(0, servers).Select(
            first => (NodeId[])[.. ServerNumbers.Of(first, servers, copies).Select(ServerNumbers.NodeOf)]),
    ];

    public override bool FollowsMap => false;

    /// <summary>Whether of each key at least one server is here.</summary>
    public bool IsCovered => owners.All(some => some.Any(IsHere));

    public override int PlaceOf(StorageKey key) => ServerNumbers.FirstOf(key.Name.Span, servers);

    public override IReadOnlyList<NodeId> OwnersOf(int slot) => owners[slot];

    public override bool IsAlone(int slot) => false;

    public override NodeId[] AskedOf(int slot) => [.. owners[slot].Where(IsHere)];

    public override NodeId[] AskedFrom(ulong hash) => [.. Here.Where(node => node != Self)];

    public override NodeId? HolderFor(int slot, NodeId? besides) => Self;
}
