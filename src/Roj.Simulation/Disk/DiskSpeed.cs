namespace Roj.Simulation.Disk;

/// <summary>What operations cost. The disk answers at once; who models time waits for <see cref="SimDisk.CostOfTransfer"/> before going
/// on.</summary>
public sealed record DiskSpeed
{
    /// <summary>A solid-state disk: 100 µs and 500 MB/s, 1 ms for a sync.</summary>
    public static DiskSpeed Solid { get; } = new();

    /// <summary>Before the first byte.</summary>
    public TimeSpan Seek { get; init; } = TimeSpan.FromMicroseconds(100);

    /// <summary>After it.</summary>
    public long BytesPerSecond { get; init; } = 500_000_000;

    /// <summary>For a sync.</summary>
    public TimeSpan Sync { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How many times slower all of it is now.</summary>
    public int Slowness { get; init; } = 1;
}
