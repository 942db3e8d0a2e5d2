using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Who asked for something.</summary>
internal readonly record struct Asker(Asker.Kinds Kind, NodeId Node = default, ushort Slot = 0)
{
    /// <summary>The node's own program.</summary>
    public static Asker Program => new(Kinds.Program);

    /// <summary>The part that holds leases.</summary>
    public static Asker Leases => new(Kinds.Leases);

    /// <summary>The part that changes a slot's replica set.</summary>
    public static Asker Steward(ushort slot) => new(Kinds.Steward, Slot: slot);

    /// <summary>The part that finds out who accepts for a slot.</summary>
    public static Asker Lookup(ushort slot) => new(Kinds.Lookup, Slot: slot);

    /// <summary>Another node, or a client.</summary>
    public static Asker Other(NodeId node) => new(Kinds.Other, node);

    public enum Kinds
    {
        Program,
        Leases,
        Steward,
        Lookup,
        Other,
    }
}
