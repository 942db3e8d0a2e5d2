using Roj.Kernel;

namespace Roj.Storage;

/// <summary>What happens in the store, for people and for whoever watches.</summary>
public abstract record StorageEvent
{
    private StorageEvent()
    {
    }

    /// <summary>Another map holds.</summary>
    public sealed record Mapped(SlotMap Map) : StorageEvent;

    /// <summary>Writes for somebody who can't be reached are kept for him here.</summary>
    public sealed record Hinting(NodeId For) : StorageEvent;

    /// <summary>He has had all of them.</summary>
    /// <param name="For">Whom they were for.</param>
    /// <param name="Delivered">How many since the last time.</param>
    public sealed record HintsDelivered(NodeId For, long Delivered) : StorageEvent;

    /// <summary>A copy that was behind was brought up to date.</summary>
    /// <param name="Node">Whose.</param>
    /// <param name="Key">Of which key.</param>
    public sealed record Repaired(NodeId Node, StorageKey Key) : StorageEvent;

    /// <summary>Something on the disk is not what was written there; another copy heals it.</summary>
    public sealed record Damaged(StorageKey Key) : StorageEvent;

    /// <summary>Keys that are not this node's any more were handed on.</summary>
    /// <param name="Slot">Of which slot.</param>
    /// <param name="Keys">How many.</param>
    public sealed record HandedOn(int Slot, long Keys) : StorageEvent;

    /// <summary>Tombstones were dropped, which nobody needs any more.</summary>
    /// <param name="Slot">Of which slot.</param>
    /// <param name="Keys">How many.</param>
    public sealed record Buried(int Slot, long Keys) : StorageEvent;

    /// <summary>A key that is watched has changed, somewhere.</summary>
    public sealed record KeyChanged(KeyChange Change) : StorageEvent;

    /// <summary>Of keys that are watched changes may have been missed.</summary>
    /// <param name="Node">At which node.</param>
    /// <param name="Count">How many at least; 0 if it just can't be reached any more, and others may tell.</param>
    public sealed record ChangesMissed(NodeId Node, long Count) : StorageEvent;

    /// <summary>This node was told to be gone, and done without: what it had may have been deleted since, and is thrown away.</summary>
    /// <param name="Keys">How many keys.</param>
    public sealed record Emptied(long Keys) : StorageEvent;
}
