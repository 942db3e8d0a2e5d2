using Roj.Log.Disk;
using Roj.Log.Format;
using Roj.Log.Indexing;
using Roj.Log.Segments;

namespace Roj.Log;

/// <summary>The log without its commits: index, segments, and what waits.</summary>
internal sealed class LogState(ILogDisk disk, LogSettings settings)
{
    private const int BufferKeptBytes = 8 << 20;
    private const int BufferFirstBytes = 4 << 10;
    private const int StackBytes = 512;
    private const int WholeBytes = 4 << 10; // read as a whole, and checked, for a glance

    private readonly RecentRecords recent = new(settings.RecentMax);
    private byte[]? spare;

    internal ILogDisk Disk { get; } = disk;

    internal LogSettings Settings { get; } = settings;

    internal KeyHash Hash { get; } = new(settings.HashSeed ?? settings.Owner, settings.HashBits, settings.Grouped);

    internal KeyIndex Index { get; } = new();

    internal SegmentTable Segments { get; } = new();

    internal SegmentReader Reader { get; } = new(disk);

    /// <summary>The number of the next segment: none is given twice, even when its file is gone.</summary>
    internal uint NextSegment { get; set; } = 1;

    internal ulong NextSequence { get; set; } = 1;

    /// <summary>The last record that is known to be on the disk for good.</summary>
    internal ulong DurableSequence { get; set; }

    /// <summary>The segment of that record: those before it are sealed.</summary>
    internal uint DurableSegment { get; set; }

    /// <summary>The slot of <paramref name="key"/>, whatever its latest record is.</summary>
    internal bool TryLocate(ReadOnlySpan<byte> key, ulong hash, out Slot slot)
    {
        var position = -1;
        while (Index.TryNext(hash, ref position, out slot))
        {
            if (IsOf(key, slot))
                return true;
        }

        return false;
    }

    /// <summary>Appends a record of <paramref name="key"/>, whose slot is <paramref name="old"/>, if it has one, and makes it the
    /// latest.</summary>
    internal void Append(ReadOnlySpan<byte> key, ulong hash, ReadOnlySpan<byte> value, bool isTombstone, Slot old)
    {
        var batch = Reader.Waiting ??= NewBatch();
        var offset = batch.End;
        var header = new RecordHeader(0, key.Length, value.Length, isTombstone, NextSequence, batch.Start, old.Place);
        header.Write(batch.Add(header.RecordLength, NextSequence), key, value, batch.Segment.Seed, offset);
        NextSequence++;
        batch.Segment.Used = batch.End;
        var slot = new Slot(hash, new Place(batch.Segment.Number, offset), header.RecordLength, isTombstone);
        Put(slot, old);
        recent.Keep(slot, old, key, value, Index.Keys + Index.Tombstones);
    }

    /// <summary>A slot's record was read, and is this key's: it is likely to be asked for again soon.</summary>
    internal void Remember(Slot slot, ReadOnlySpan<byte> key, ReadOnlySpan<byte> head) =>
        recent.Keep(slot, slot, key, head, Index.Keys + Index.Tombstones);

    /// <summary>How the value of a slot's record begins, if the record is this key's, and that is remembered.</summary>
    internal bool TryRecall(Slot slot, ReadOnlySpan<byte> key, int headBytes, out ReadOnlyMemory<byte> head) =>
        recent.TryHeadOf(slot, key, headBytes, out head);

    /// <summary>Makes <paramref name="slot"/> the latest of a key whose slot was <paramref name="old"/>, if it had one.</summary>
    internal void Put(Slot slot, Slot old)
    {
        if (old.IsEmpty)
        {
            Index.Add(slot);
        }
        else
        {
            Index.Replace(old, slot);
            var segment = Segments.Of(old.Place.Segment);
            segment.Live -= old.Length;
            segment.DeadBy = NextSequence - 1;
        }

        Segments.Of(slot.Place.Segment).Live += slot.Length;
    }

    /// <summary>Takes the slot of a tombstone away that nothing needs any more.</summary>
    internal void Forget(Slot slot)
    {
        Index.Remove(slot);
        Segments.Of(slot.Place.Segment).Live -= slot.Length;
    }

    /// <summary>Keeps the memory of a batch that is on the disk for the next one.</summary>
    internal void Recycle(Batch batch) => spare = batch.Buffer.Length <= BufferKeptBytes ? batch.Buffer : spare;

    /// <summary>The key of a slot's record, and how its value begins.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="headBytes">How much of the value.</param>
    /// <param name="keyBytesMax">How long the key is at most; a longer one is not told.</param>
    internal LogWalked Glance(Slot slot, int headBytes, int keyBytesMax = LogLimits.KeyBytesMax)
    {
        var segment = Segments.Of(slot.Place.Segment);
        var whole = slot.Length <= WholeBytes;
        var bytes = new byte[whole ? slot.Length : Math.Min(slot.Length, RecordHeader.Length + keyBytesMax + headBytes)];
        RecordHeader header;
        if (whole ? !Reader.TryReadRecord(segment, slot.Place.Offset, bytes, out header) : !TryReadHead(slot, bytes, out header))
            return new LogWalked(slot.Hash, default, default);
        if (RecordHeader.Length + header.KeyLength > bytes.Length)
            return new LogWalked(slot.Hash, default, default);
        var key = bytes.AsMemory(RecordHeader.Length, header.KeyLength);
        var value = bytes.AsMemory(RecordHeader.Length + header.KeyLength);
        return new LogWalked(slot.Hash, key, value[..Math.Min(headBytes, value.Length)]);
    }

    private bool TryReadHead(Slot slot, Span<byte> head, out RecordHeader header)
    {
        header = default;
        return Reader.Read(Segments.Of(slot.Place.Segment), slot.Place.Offset, head, out var read) == LogDiskResult.Done
            && read == head.Length && RecordHeader.TryRead(head, out header) && header.RecordLength == slot.Length;
    }

    private Batch NewBatch()
    {
        var buffer = spare ?? new byte[BufferFirstBytes];
        spare = null;
        if (Segments.Newest is { } tail && tail.Used < Settings.SegmentBytes)
            return new Batch(tail, opensSegment: false, (uint)tail.Used, buffer);
        var segment = new Segment(NextSegment++, Settings.Owner, NextSequence);
        Segments.Add(segment);
        return new Batch(segment, opensSegment: true, SegmentHeader.Length, buffer);
    }

    // Two keys with one hash are told apart by their bytes. What can't be read, or is not what was written, is taken for the same key: it
    // is, but for one case in 2^64, and only so can what is damaged be replaced.
    private bool IsOf(ReadOnlySpan<byte> key, Slot slot)
    {
        if (recent.KeyOf(slot) is { IsEmpty: false } known)
            return key.SequenceEqual(known);
        var segment = Segments.Of(slot.Place.Segment);
        var length = RecordHeader.Length + key.Length;
        var head = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        head = head[..length];
        if (Reader.Read(segment, slot.Place.Offset, head, out var read) == LogDiskResult.Done
            && read == length
            && RecordHeader.TryRead(head, out var header)
            && header.KeyLength == key.Length
            && head[RecordHeader.Length..].SequenceEqual(key))
        {
            return true;
        }

        // The second reading may succeed where the first did not.
        var record = new byte[slot.Length];
        return !Reader.TryReadRecord(segment, slot.Place.Offset, record, out header)
            || record.AsSpan(RecordHeader.Length, header.KeyLength).SequenceEqual(key);
    }
}
