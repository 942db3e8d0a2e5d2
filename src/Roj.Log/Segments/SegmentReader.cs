using Roj.Log.Disk;
using Roj.Log.Format;

namespace Roj.Log.Segments;

/// <summary>Reads what stands in a segment: from the disk, or from memory what is not there yet.</summary>
internal sealed class SegmentReader(ILogDisk disk)
{
    /// <summary>The batch whose commit is under way.</summary>
    internal Batch? UnderWay { get; set; }

    /// <summary>The batch that is being filled.</summary>
    internal Batch? Waiting { get; set; }

    /// <summary>Reads from <paramref name="offset"/> on; fewer bytes than asked for only at the end.</summary>
    internal LogDiskResult Read(Segment segment, long offset, Span<byte> destination, out int read)
    {
        read = 0;
        var onDisk = Math.Min(destination.Length, Math.Max(0, FirstInMemory(segment) - offset));
        if (onDisk > 0)
        {
            var result = disk.Read(segment.Name, offset, destination[..(int)onDisk], out read);
            if (result != LogDiskResult.Done || read < onDisk)
                return result;
        }

        read += Take(UnderWay, segment, offset + read, destination[read..]);
        read += Take(Waiting, segment, offset + read, destination[read..]);
        return LogDiskResult.Done;
    }

    /// <summary>Whether what stands at a place is not known to be on the disk.</summary>
    internal bool IsInMemory(Place place) => IsIn(UnderWay, place) || IsIn(Waiting, place);

    /// <summary>Reads a whole record and says whether it is what was written.</summary>
    internal bool TryReadRecord(Segment segment, uint offset, Span<byte> record, out RecordHeader header)
    {
        header = default;
        return Read(segment, offset, record, out var read) == LogDiskResult.Done
            && read == record.Length
            && RecordHeader.TryRead(record, out header)
            && header.RecordLength == record.Length
            && header.Crc == RecordHeader.CrcOf(record, segment.Seed, offset);
    }

    private static bool IsIn(Batch? batch, Place place) =>
        batch is not null && batch.Segment.Number == place.Segment && place.Offset >= batch.Start;

    private static int Take(Batch? batch, Segment segment, long offset, Span<byte> destination)
    {
        if (batch is null || batch.Segment != segment || offset < batch.Start || offset >= batch.End)
            return 0;
        var there = batch.Bytes[(int)(offset - batch.Start)..];
        var taken = Math.Min(there.Length, destination.Length);
        there[..taken].CopyTo(destination);
        return taken;
    }

    private long FirstInMemory(Segment segment) =>
        UnderWay is { } first && first.Segment == segment ? first.Start
        : Waiting is { } second && second.Segment == segment ? second.Start
        : long.MaxValue;
}
