using Roj.Log.Disk;
using Roj.Log.Format;
using Roj.Log.Indexing;
using Roj.Log.Segments;

namespace Roj.Log.Opening;

/// <summary>Brings what one segment says into the index: from its hint, or from itself.</summary>
internal sealed class SegmentLoader(LogState state, Segment segment, long length)
{
    /// <summary>Where what stands behind the last record, and is none, ends; null if there is nothing but zeros.</summary>
    internal long? TornEnd { get; private set; }

    /// <summary>Where the last commit in it begins.</summary>
    internal uint LastBatch { get; private set; } = SegmentHeader.Length;

    /// <summary>The number of its last record, or of the one before its first; null if it was brought in by its hint.</summary>
    internal ulong? LastSequence { get; private set; }

    /// <summary>Brings in a sealed segment by its hint.</summary>
    /// <param name="fault">What the hint proves to be wrong with the segment.</param>
    /// <returns>False if there is no hint that is right.</returns>
    internal bool TryHint(out LogFault.Corrupt? fault)
    {
        fault = null;
        var name = FileNames.Hint(segment.Number);
        // As long as it was when it was sealed, not as it is now: something may have cut it.
        var sealedMax = Math.Max(length, state.Settings.SegmentBytes + (long)state.Settings.WaitingBytesMax);
        if (state.Disk.LengthOf(name, out var hintLength) != LogDiskResult.Done || hintLength > HintFile.BytesMax(sealedMax))
            return false;
        var file = new byte[hintLength];
        if (state.Disk.Read(name, 0, file, out var read) != LogDiskResult.Done || read < file.Length)
            return false;
        if (!HintFile.TryRead(file, state.Settings.HintMark, segment.Number, out var used, out var entries))
            return false;
        if (used > length)
        {
            // Cut between two records it looks whole, and the next segment is too far ahead to tell once one between them is gone.
            fault = new LogFault.Corrupt(segment.Name, length);
            return true;
        }

        var count = (ulong)(entries.Length / HintFile.EntryBytes);
        for (; !entries.IsEmpty; entries = entries[HintFile.EntryBytes..])
        {
            var (slot, previous) = HintFile.Entry(entries, new Place(segment.Number, (uint)segment.Used));
            segment.Used += slot.Length;
            Take(slot, previous, default);
        }

        segment.IsHinted = true;
        LastSequence = segment.FirstSequence + count - 1;
        return true;
    }

    /// <summary>Brings in a segment record by record.</summary>
    internal LogFault? Scan()
    {
        var scan = new RecordScan(state.Reader, segment, segment.Used, length);
        var sequence = segment.FirstSequence - 1;
        var status = scan.Next();
        for (; status == ScanStatus.Record && Follows(scan, sequence); status = scan.Next())
        {
            sequence++;
            LastBatch = scan.Header.BatchStart;
            var place = new Place(segment.Number, (uint)scan.Offset);
            var slot = new Slot(state.Hash.Of(scan.Key), place, scan.Header.RecordLength, scan.Header.IsTombstone);
            segment.Used = scan.Offset + slot.Length;
            Take(slot, scan.Header.Previous, scan.Key);
        }

        LastSequence = sequence;
        return status switch
        {
            ScanStatus.End => null,
            ScanStatus.Failed => Unreadable(),
            _ => Judge(sequence),
        };
    }

    private bool Follows(RecordScan scan, ulong sequence) =>
        scan.Header.Sequence == sequence + 1 && scan.Header.BatchStart >= LastBatch && scan.Header.BatchStart <= scan.Offset;

    private LogFault? Judge(ulong sequence)
    {
        var judge = new TailJudge(state.Reader, segment, length);
        if (judge.EndOfBytes(segment.Used) is not { } end)
            return Unreadable();
        if (end == segment.Used)
            return null;
        if (judge.IsDamage(segment.Used, sequence) is not { } isDamage)
            return Unreadable();
        if (isDamage)
            return new LogFault.Corrupt(segment.Name, segment.Used);
        TornEnd = end;
        return null;
    }

    // The key is read only where the record before does not say by its place that it is the same one.
    private void Take(Slot slot, Place previous, ReadOnlySpan<byte> key)
    {
        var position = -1;
        Slot same = default;
        while (state.Index.TryNext(slot.Hash, ref position, out var old))
        {
            same = old;
            if (old.Place == previous)
                break;
        }

        if (!same.IsEmpty && same.Place != previous)
        {
            // A key that can't be read is taken for that of the same hash, as in LogState.
            var isRead = !key.IsEmpty || TryReadKey(slot, out key);
            if (isRead && !state.TryLocate(key, slot.Hash, out same))
                same = default;
        }

        state.Put(slot, same);
    }

    private bool TryReadKey(Slot slot, out ReadOnlySpan<byte> key)
    {
        var record = new byte[slot.Length];
        var isRight = state.Reader.TryReadRecord(segment, slot.Place.Offset, record, out var header);
        key = isRight ? record.AsSpan(RecordHeader.Length, header.KeyLength) : default;
        return isRight;
    }

    private LogFault.Unreadable Unreadable() => new(segment.Name, state.Disk.Reason);
}
