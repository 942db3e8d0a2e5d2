using Roj.Kernel;

namespace Roj.Simulation.Disk;

/// <summary>A file without a name (an inode): what programs see, what is durable, and the changes between the two, in order.</summary>
internal sealed class SimFile(bool canLosePower)
{
    private readonly List<FileChange> changes = [];

    internal Content Cached { get; } = new();

    internal Content Durable { get; } = new();

    internal bool IsDirty => changes.Count > 0;

    internal void Write(int offset, ReadOnlySpan<byte> data)
    {
        Cached.Write(offset, data);
        if (canLosePower)
            changes.Add(new FileChange(offset, data.ToArray(), 0));
    }

    internal void SetLength(int length)
    {
        Cached.SetLength(length);
        if (canLosePower)
            changes.Add(new FileChange(0, null, length));
    }

    internal void Sync()
    {
        foreach (var change in changes)
            change.ApplyTo(Durable);
        changes.Clear();
    }

    /// <summary>A sync failed: Linux marks the pages clean, so that the next sync succeeds and they are still not durable.</summary>
    internal void ForgetChanges() => changes.Clear();

    /// <summary>Any of the changes may have reached the disk before the power went, and one of them in part.</summary>
    internal void PowerCut(int keptPercent, Rng rng)
    {
        var torn = changes.Count > 0 && keptPercent is > 0 and < 100 ? rng.Next(changes.Count) : -1;
        for (var i = 0; i < changes.Count; i++)
        {
            if (i == torn)
                changes[i].ApplyTornTo(Durable, rng);
            else if (rng.Chance(keptPercent, 100))
                changes[i].ApplyTo(Durable);
        }

        changes.Clear();
        Cached.CopyFrom(Durable);
    }

    /// <summary>Changes both images behind the programs' back.</summary>
    internal void FlipBit(int offset, int bit)
    {
        Cached.Span[offset] ^= (byte)(1 << bit);
        if (offset < Durable.Length)
            Durable.Span[offset] ^= (byte)(1 << bit);
    }

    /// <summary>Changes both images behind the programs' back.</summary>
    internal void Truncate(int length)
    {
        Sync();
        Cached.SetLength(Math.Min(length, Cached.Length));
        Durable.SetLength(Math.Min(length, Durable.Length));
    }
}
