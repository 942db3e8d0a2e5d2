namespace Roj.Log;

/// <summary>How a log is kept.</summary>
/// <param name="Owner">Whose it is; a log of another owner is refused.</param>
public sealed record LogSettings(UInt128 Owner)
{
    /// <summary>From what the hashes of keys are made: logs with the same walk through the same keys in the same order
    /// (<see cref="DurableLog.Walk"/>). It never changes in a log's life. If not set it is the owner, whom nobody else need know: then
    /// nobody can make keys that collide.</summary>
    public UInt128? HashSeed { get; init; }

    /// <summary>Keys that begin with this byte stand side by side in a walk where their third byte is the same: it is the first of their
    /// hashes. It never changes in a log's life. Such keys should be spread evenly over their third bytes. Null for no such
    /// keys.</summary>
    public byte? Grouped { get; init; }

    /// <summary>A segment that has this many bytes is followed by another; 4 KiB to 1 GiB.</summary>
    public int SegmentBytes { get; init; } = 64 << 20;

    /// <summary>So many bytes may wait for a commit; a single record always may.</summary>
    public int WaitingBytesMax { get; init; } = 32 << 20;

    /// <summary>Room that is kept free for removals and urgent records on a full disk; 0 for none.</summary>
    public int ReserveBytes { get; init; } = 16 << 20;

    /// <summary>Zeros that are written ahead of the records, so that a sync of those to come needs not make the file longer; 0 for
    /// none.</summary>
    public int PreallocateBytes { get; init; } = 1 << 20;

    /// <summary>A sealed segment of which this much is dead, in percent, is compacted; 1 to 100.</summary>
    public int DeadPercent { get; init; } = 50;

    /// <summary>Of how many records the key, and how the value begins, are kept in memory at most, once there are so many: some 100 bytes
    /// each, and keys their length up to 256. 0 for none.</summary>
    public int RecentMax { get; init; } = 1 << 17;

    /// <summary>How many bits of the hash count: fewer make collisions, for tests.</summary>
    internal int HashBits { get; init; } = 64;

    /// <summary>What hint files are marked with: those that were written under other hashes are made anew.</summary>
    internal UInt128 HintMark => Grouped is { } letter ? Owner ^ (0x67726F75706564UL + letter) ^ (HashSeed ?? Owner) : Owner;

    /// <summary>What is wrong with them, for whoever set them; null if nothing is.</summary>
    internal string? Fault() => this switch
    {
        { SegmentBytes: < 4 << 10 or > 1 << 30 } => "SegmentBytes is 4 KiB to 1 GiB",
        { WaitingBytesMax: < 1 or > 1 << 30 } => "WaitingBytesMax is 1 byte to 1 GiB",
        { ReserveBytes: < 0 } => "ReserveBytes is not negative",
        { PreallocateBytes: < 0 or > 64 << 20 } => "PreallocateBytes is 0 to 64 MiB",
        { RecentMax: < 0 or > 1 << 24 } => "RecentMax is 0 to 16,777,216",
        { DeadPercent: < 1 or > 100 } => "DeadPercent is 1 to 100",
        _ => null,
    };
}
