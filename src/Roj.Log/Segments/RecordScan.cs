using Roj.Log.Disk;
using Roj.Log.Format;

namespace Roj.Log.Segments;

/// <summary>Walks over the records of a segment, from <paramref name="from"/> to <paramref name="end"/>.</summary>
internal sealed class RecordScan(SegmentReader reader, Segment segment, long from, long end)
{
    private const int WindowBytes = 256 << 10;
    private const int HeadBytes = RecordHeader.Length + 256; // with most keys in it

    private byte[] window = new byte[(int)Math.Clamp(end - from, HeadBytes, WindowBytes)];
    private long windowStart = from;
    private int windowLength;
    private int next;

    /// <summary>Where the record begins, or what is no record.</summary>
    internal long Offset { get; private set; } = from;

    internal RecordHeader Header { get; private set; }

    internal ReadOnlySpan<byte> Key => window.AsSpan((int)(Offset - windowStart) + RecordHeader.Length, Header.KeyLength);

    /// <summary>The whole record, unless only keys were asked for.</summary>
    internal ReadOnlySpan<byte> Record => window.AsSpan((int)(Offset - windowStart), Header.RecordLength);

    /// <summary>Goes to the next record and checks it.</summary>
    internal ScanStatus Next()
    {
        var status = NextKey();
        if (status != ScanStatus.Record)
            return status;
        next = 0; // until it is known to be right
        if (!Have(Header.RecordLength))
            return Missing();
        if (Header.Crc != RecordHeader.CrcOf(Record, segment.Seed, (uint)Offset))
            return ScanStatus.Broken;
        next = Header.RecordLength;
        return ScanStatus.Record;
    }

    /// <summary>Goes to the next record and reads its key alone; what it says is not checked.</summary>
    internal ScanStatus NextKey()
    {
        Offset += next;
        next = 0;
        if (Offset >= end)
            return ScanStatus.End;
        if (!Have(RecordHeader.Length))
            return Missing();
        if (!RecordHeader.TryRead(window.AsSpan((int)(Offset - windowStart)), out var header) || Offset + header.RecordLength > end)
            return ScanStatus.Broken;
        if (!Have(RecordHeader.Length + header.KeyLength))
            return Missing();
        Header = header;
        next = header.RecordLength;
        return ScanStatus.Record;
    }

    private bool HasFailed { get; set; }

    private ScanStatus Missing() => HasFailed ? ScanStatus.Failed : ScanStatus.Broken;

    // Whether so many bytes from the offset on are in the window.
    private bool Have(int bytes)
    {
        if (Offset >= windowStart && Offset + bytes <= windowStart + windowLength)
            return true;
        if (Offset + bytes > end)
            return false;
        var wanted = (int)Math.Min(end - Offset, Math.Max(bytes, WindowBytes));
        if (window.Length < wanted)
            window = new byte[wanted];
        windowStart = Offset;
        HasFailed = reader.Read(segment, Offset, window.AsSpan(0, wanted), out windowLength) != LogDiskResult.Done;
        return !HasFailed && windowLength >= bytes;
    }
}
