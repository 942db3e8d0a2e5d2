using Roj.Log.Disk;
using Roj.Log.Format;
using Roj.Log.Segments;

namespace Roj.Log.Opening;

/// <summary>Tells, of bytes that are no record, what they are: the zeros behind the last record, a commit that was never finished, or
/// damage to what had been kept.</summary>
internal sealed class TailJudge(SegmentReader reader, Segment segment, long length)
{
    private const int WindowBytes = 64 << 10;

    private readonly byte[] window = new byte[WindowBytes];

    /// <summary>Where the last byte that is not zero ends, from <paramref name="offset"/> on; <paramref name="offset"/> if all are zero;
    /// null if the disk doesn't give them.</summary>
    internal long? EndOfBytes(long offset)
    {
        var end = offset;
        while (offset < length)
        {
            if (!TryFill(offset, out var read))
                return null;
            var last = window.AsSpan(0, read).LastIndexOfAnyExcept((byte)0);
            if (last >= 0)
                end = offset + last + 1;
            offset += read;
        }

        return end;
    }

    /// <summary>Whether a record behind <paramref name="broken"/> proves that what stood there had been made durable: it was written by a
    /// later commit. Null if the disk doesn't give the bytes.</summary>
    /// <param name="broken">Where the first thing stands that is no record.</param>
    /// <param name="sequence">The number of the last record before it.</param>
    internal bool? IsDamage(long broken, ulong sequence)
    {
        for (var offset = broken; offset + RecordHeader.Length < length;)
        {
            if (!TryFill(offset, out var read))
                return null;
            var candidates = Math.Min(read, read - RecordHeader.Length + 1);
            if (candidates <= 0)
                break;
            for (var i = 0; i < candidates; i++)
            {
                if (CouldFollow(window.AsSpan(i), offset + i, broken, sequence) && IsRecord(offset + i, i))
                    return true;
            }

            offset += candidates;
        }

        return false;
    }

    private bool CouldFollow(ReadOnlySpan<byte> bytes, long offset, long broken, ulong sequence)
    {
        // Cheap, as almost every offset is none: sequence numbers go on, one for each record.
        if (!RecordHeader.TryRead(bytes, out var header) || header.Sequence <= sequence)
            return false;
        return header.Sequence - sequence <= (ulong)(offset - broken) + 1
            && header.BatchStart > broken
            && header.BatchStart <= offset
            && offset + header.RecordLength <= length;
    }

    private bool IsRecord(long offset, int inWindow)
    {
        RecordHeader.TryRead(window.AsSpan(inWindow), out var header);
        return reader.TryReadRecord(segment, (uint)offset, new byte[header.RecordLength], out _);
    }

    private bool TryFill(long offset, out int read)
    {
        var wanted = (int)Math.Min(WindowBytes, length - offset);
        return reader.Read(segment, offset, window.AsSpan(0, wanted), out read) == LogDiskResult.Done && read == wanted;
    }
}
