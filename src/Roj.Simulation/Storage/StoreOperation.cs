using Roj.Kernel;
using Roj.Storage;

namespace Roj.Simulation.Storage;

/// <summary>One thing that a client asked for, and what became of it.</summary>
internal sealed class StoreOperation(int id, StoreCallKind kind, StorageKey key, StoreNode node, Instant start, bool isCalm)
{
    /// <summary>What it writes begins with this, so that it is known by whom it was written.</summary>
    public int Id => id;

    public StoreCallKind Kind => kind;

    public StorageKey Key => key;

    public StoreNode Node => node;

    /// <summary>In which of the node's lives, as whom.</summary>
    public (NodeId Router, uint Boot) Asked { get; } = (node.Identity, node.Life);

    public Instant Start => start;

    /// <summary>Whether all was well from its beginning on.</summary>
    public bool IsCalm { get; set; } = isCalm;

    /// <summary>When it was answered; null if it never was.</summary>
    public Instant? End { get; set; }

    /// <summary>Whether it was acknowledged.</summary>
    public bool IsAcknowledged { get; set; }

    /// <summary>The latest stamp that it was given; null if nobody keeps it under one.</summary>
    public Stamp? Stamp { get; set; }

    /// <summary>How many machines had it, or a later one, when it was acknowledged, of those that were up.</summary>
    public int Holders { get; set; }

    /// <summary>How many disks had been wiped by then.</summary>
    public int WipesBefore { get; set; }

    /// <summary>The map that its router followed when it began, and when it ended.</summary>
    public (SlotMap? Start, SlotMap? End) Maps { get; set; } = (node.Store?.Map, null);

    public bool IsBefore(StoreOperation other) => End is { } end && end < other.Start;

    public override string ToString() => $"{kind} {id} of {key} at {node.Name}, {start} to {End?.ToString() ?? "?"}, {Stamp}"
        + $"{(IsAcknowledged ? $", acknowledged with {Holders} copies" : "")}{(IsCalm ? ", calm" : "")}";
}
