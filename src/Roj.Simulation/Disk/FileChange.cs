namespace Roj.Simulation.Disk;

/// <summary>A write, or a new length, that is in the page cache and not yet durable.</summary>
internal readonly record struct FileChange(int Offset, byte[]? Data, int NewLength)
{
    /// <summary>The unit that a disk writes whole or not at all.</summary>
    internal const int SectorBytes = 512;

    internal void ApplyTo(Content content)
    {
        if (Data is null)
            content.SetLength(NewLength);
        else
            content.Write(Offset, Data);
    }

    /// <summary>Applies the part before, or after, a sector boundary inside it.</summary>
    internal void ApplyTornTo(Content content, Kernel.Rng rng)
    {
        if (Data is null)
            return;
        var firstBoundary = SectorBytes - (Offset % SectorBytes);
        if (firstBoundary >= Data.Length)
            return; // within one sector: whole or, here, not at all
        var boundaries = ((Data.Length - firstBoundary - 1) / SectorBytes) + 1;
        var cut = firstBoundary + (rng.Next(boundaries) * SectorBytes);
        if (rng.Chance(3, 4))
            content.Write(Offset, Data.AsSpan(0, cut));
        else
            content.Write(Offset + cut, Data.AsSpan(cut));
    }
}
