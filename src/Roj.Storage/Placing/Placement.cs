using Roj.Kernel;

namespace Roj.Storage;

/// <summary>Who has the copies of a key, and who of them is here: by a map of slots, which says so of each place.</summary>
/// <param name="self">The node itself.</param>
/// <param name="shelf">By whose hashes keys are spread over slots.</param>
internal class Placement(NodeId self, IShelf shelf)
{
    private NodeId[] here = [self];

    /// <summary>The map that holds; null before there is one.</summary>
    public SlotMap? Map { get; set; }

    /// <summary>Whether that is what a map says, which may change and is told to others; false where it never changes.</summary>
    public virtual bool FollowsMap => true;

    /// <summary>The node itself.</summary>
    public NodeId Self => self;

    /// <summary>Who can be reached, in order, this node too.</summary>
    public IReadOnlyList<NodeId> Here => here;

    /// <summary>Whether somebody can be reached.</summary>
    public bool IsHere(NodeId node) => Array.BinarySearch(here, node) >= 0;

    /// <summary>These can be reached.</summary>
    public void See(IEnumerable<NodeId> nodes) => here = [.. nodes.Append(self).Distinct().Order()];

    /// <summary>The place of a key, on which its owners depend: here its slot.</summary>
    public virtual int PlaceOf(StorageKey key) => SlotMap.SlotOf(shelf.HashOf(key));

    /// <summary>The owners of a slot; none before there is a map.</summary>
    public virtual IReadOnlyList<NodeId> OwnersOf(int slot) => Map?.OwnersOf(slot) ?? [];

    /// <summary>Whether this node alone has what is in a slot.</summary>
    public virtual bool IsAlone(int slot) =>
        Map is { } map && map.OwnersOf(slot) is [var owner] && owner == self && map.FormersOf(slot).Count == 0;

    /// <summary>Whom to ask for what is in a slot: its owners and those who were, as far as they are here.</summary>
    public virtual NodeId[] AskedOf(int slot)
    {
        if (Map is not { } map)
            return [];
        var (owners, formers) = (map.OwnersOf(slot), map.FormersOf(slot));
        return formers.Count == 0 ? [.. owners.Where(IsHere)] : [.. owners.Concat(formers).Where(IsHere)];
    }

    /// <summary>Whom to ask which keys there are from a hash on.</summary>
    public virtual NodeId[] AskedFrom(ulong hash) => AskedOf(SlotMap.SlotOf(hash));

    /// <summary>Who of those that are here keeps hints for a slot: this node if it has no copy; else somebody who has none, always the same
    /// one; else this node. Nobody who is not in the map: he could go, and nobody would know that he has something.</summary>
    /// <returns>Null if this node is not in the map, and nobody else can be asked.</returns>
    public virtual NodeId? HolderFor(int slot, NodeId? besides)
    {
        var owners = OwnersOf(slot);
        var isIn = Map!.Nodes.Contains(self);
        if (isIn && !owners.Contains(self))
            return self;
        NodeId[] able = [.. here.Where(node => node != self && node != besides && Map.Nodes.Contains(node))];
        NodeId[] others = [.. able.Where(node => !owners.Contains(node))];
        return others.Length > 0 ? others[slot % others.Length] : isIn ? self : able.Length > 0 ? able[slot % able.Length] : null;
    }
}
