using Roj.Log.Background;
using Roj.Log.Disk;
using Roj.Log.Format;
using Roj.Log.Indexing;
using Roj.Log.Opening;
using Roj.Log.Segments;

namespace Roj.Log;

/// <summary>Keys and values that last: an append-only log in segments, an index of it in memory (Sheehy and Smith, Bitcask, 2010), and one
/// sync for all that waits.</summary>
/// <remarks>
/// <para>The latest record of a key counts. What was appended is found at once, and durable when <see cref="EndCommit"/> of the commit
/// that took it returns <see cref="LogStatus.Done"/>: nobody may be told of it before.</para>
/// <para>For one caller. Only a <see cref="LogCommit"/> may be carried out on another thread meanwhile.</para>
/// </remarks>
public sealed class DurableLog
{
    private const int PageBytesMax = 1 << 20;

    private readonly LogState state;
    private readonly Housekeeping housekeeping;
    private LogCommit? underWay;
    private LogCommit? full;
    private LogRoom room;
    private long syncs;

    internal DurableLog(LogState state, LogRoom room)
    {
        this.state = state;
        this.room = room;
        housekeeping = new Housekeeping(state);
        IsFull = room.Reserve < state.Settings.ReserveBytes;
    }

    /// <summary>Whether the disk is full, so that only removals and urgent records are taken. It ends when <see cref="Compact"/> has filled
    /// the reserve again.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether a sync or a write failed.</summary>
    public bool IsQuarantined { get; private set; }

    /// <summary>Whether anything waits for a commit. After one that ended as <see cref="LogStatus.Full"/> it stays true, and there is no
    /// hurry: what waits is tried again by the next one.</summary>
    public bool IsDirty => !IsQuarantined && (state.Reader.Waiting is not null || full is not null || housekeeping.Chores.Count > 0);

    /// <summary>Whether something was appended that no commit has taken yet.</summary>
    public bool IsWaiting => state.Reader.Waiting is not null;

    /// <summary>Which keys stand side by side in a walk: see <see cref="LogSettings.Grouped"/>.</summary>
    public byte? Grouped => state.Settings.Grouped;

    /// <summary>How it stands.</summary>
    public LogFigures Figures
    {
        get
        {
            var (live, dead) = (0L, 0L);
            for (var i = 0; i < state.Segments.Count; i++)
                (live, dead) = (live + state.Segments[i].Live, dead + state.Segments[i].Dead);
            return new LogFigures(state.Index.Keys, state.Index.Tombstones, live, dead, state.Segments.Count, syncs, room.Reserve);
        }
    }

    /// <summary>Opens the log that a disk holds, or begins one.</summary>
    /// <remarks>Everything that had been durable is there, or there is a fault: nothing is passed over or reset in silence. What is not
    /// durable though it can be read is made so before this returns.</remarks>
    /// <exception cref="ArgumentException">The settings contradict their limits.</exception>
    public static OpenedLog Open(ILogDisk disk, LogSettings settings)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Fault() is { } fault)
            throw new ArgumentException(fault, nameof(settings));
        return new LogOpener(disk, settings).Open();
    }

    /// <summary>Makes <paramref name="value"/> the value of <paramref name="key"/>; both are copied.</summary>
    /// <param name="key">1 to <see cref="LogLimits.KeyBytesMax"/> bytes.</param>
    /// <param name="value">Up to <see cref="LogLimits.ValueBytesMax"/> bytes.</param>
    /// <param name="isUrgent">Whether it is taken on a full disk too, while the reserve lasts: for what ends something.</param>
    /// <exception cref="ArgumentException">Key or value has a length that can't be.</exception>
    public LogStatus Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool isUrgent = false)
    {
        ThrowIfNoKey(key);
        if (value.Length > LogLimits.ValueBytesMax)
            throw new ArgumentException($"A value has at most {LogLimits.ValueBytesMax} bytes.", nameof(value));
        var status = MayTake(RecordHeader.Length + key.Length + value.Length, isUrgent);
        if (status != LogStatus.Done)
            return status;
        var hash = state.Hash.Of(key);
        state.TryLocate(key, hash, out var old);
        state.Append(key, hash, value, isTombstone: false, old);
        return LogStatus.Done;
    }

    /// <summary>Takes the value of <paramref name="key"/> away, if it has one; on a full disk too, while the reserve lasts.</summary>
    /// <exception cref="ArgumentException">The key has a length that can't be.</exception>
    public LogStatus Remove(ReadOnlySpan<byte> key)
    {
        ThrowIfNoKey(key);
        var status = MayTake(RecordHeader.Length + key.Length, isUrgent: true);
        if (status != LogStatus.Done)
            return status;
        var hash = state.Hash.Of(key);
        if (state.TryLocate(key, hash, out var old) && !old.IsTombstone)
            state.Append(key, hash, default, isTombstone: true, old);
        return LogStatus.Done;
    }

    /// <summary>The latest value of <paramref name="key"/>, durable or not; its bytes were checked, and are the caller's.</summary>
    public LogFinding Find(ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> value) => Find(key, out value, out _);

    /// <summary>The latest value of <paramref name="key"/>; its bytes were checked, and are the caller's.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="isDurable">Whether what was found, be it nothing, is durable: else nobody may be told of it yet.</param>
    public LogFinding Find(ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> value, out bool isDurable)
    {
        value = default;
        isDurable = true;
        var hash = state.Hash.Of(key);
        var position = -1;
        var isDamaged = false;
        while (state.Index.TryNext(hash, ref position, out var slot))
        {
            isDurable &= !state.Reader.IsInMemory(slot.Place);
            var record = GC.AllocateUninitializedArray<byte>(slot.Length);
            if (!state.Reader.TryReadRecord(state.Segments.Of(slot.Place.Segment), slot.Place.Offset, record, out var header))
            {
                isDamaged = true;
                continue;
            }

            if (!record.AsSpan(RecordHeader.Length, header.KeyLength).SequenceEqual(key))
                continue;
            if (header.IsTombstone)
                return LogFinding.Absent;
            value = record.AsMemory(RecordHeader.Length + header.KeyLength);
            return LogFinding.Found;
        }

        return isDamaged ? LogFinding.Damaged : LogFinding.Absent;
    }

    /// <summary>How the latest value of <paramref name="key"/> begins, durable or not: cheaper than finding all of it where it is
    /// large.</summary>
    /// <param name="key">The key.</param>
    /// <param name="headBytes">How much of it.</param>
    /// <param name="head">The first bytes; of records over 4 KiB they were not checked.</param>
    public LogFinding FindHead(ReadOnlySpan<byte> key, int headBytes, out ReadOnlyMemory<byte> head)
    {
        head = default;
        var hash = state.Hash.Of(key);
        var position = -1;
        if (state.Index.TryNext(hash, ref position, out var slot) && !slot.IsTombstone)
        {
            if (state.TryRecall(slot, key, headBytes, out head))
                return LogFinding.Found;
            // One reading tells both whose it is and how it begins.
            var only = state.Glance(slot, headBytes, key.Length);
            if (only.Key.Span.SequenceEqual(key))
            {
                state.Remember(slot, key, only.Head.Span);
                head = only.Head;
                return LogFinding.Found;
            }
        }

        if (!state.TryLocate(key, hash, out slot) || slot.IsTombstone)
            return LogFinding.Absent;
        var glance = state.Glance(slot, headBytes);
        head = glance.Head;
        return glance.Key.IsEmpty ? LogFinding.Damaged : LogFinding.Found;
    }

    /// <summary>Takes what waits on its way to the disk.</summary>
    /// <returns>Null if nothing waits, a commit is under way, or the log is in quarantine.</returns>
    public LogCommit? BeginCommit()
    {
        if (underWay is not null || !IsDirty)
            return null;
        if (full is not null)
            return underWay = new LogCommit(full, housekeeping.TakeChores(), room);
        var batch = state.Reader.Waiting;
        (state.Reader.UnderWay, state.Reader.Waiting) = (batch, null);
        var before = state.Segments.IndexFrom(state.DurableSegment);
        var isThere = batch is { OpensSegment: true } && state.Segments[before].Number == state.DurableSegment;
        var sealedOne = isThere ? state.Segments[before] : null;
        return underWay = new LogCommit(state.Settings, batch, sealedOne, housekeeping.TakeChores(), room);
    }

    /// <summary>Takes note of how a commit went.</summary>
    /// <returns><see cref="LogStatus.Done"/>: all of it is durable. <see cref="LogStatus.Full"/>: it is not, and will be tried again.
    /// <see cref="LogStatus.Quarantined"/>: nobody knows.</returns>
    /// <exception cref="ArgumentException">It is not the one under way, or was not carried out.</exception>
    public LogStatus EndCommit(LogCommit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        if (commit != underWay || commit.Result is not { } result)
            throw new ArgumentException("This is not the commit under way, or it was neither synced nor failed.", nameof(commit));
        (underWay, full) = (null, null);
        room = commit.Room;
        switch (result)
        {
            case LogDiskResult.Done:
                IsFull = room.Reserve < state.Settings.ReserveBytes;
                if (commit.Batch is { } batch)
                    Settle(batch);
                return LogStatus.Done;
            case LogDiskResult.Full:
                (full, IsFull) = (commit, true);
                return LogStatus.Full;
            default:
                IsQuarantined = true;
                return LogStatus.Quarantined;
        }
    }

    /// <summary>Keys that have a value, in the order of their records.</summary>
    /// <remarks>A key that has a value from the first page to the last is in one of them, and may be in several: what is written anew, or
    /// moved by compaction, moves to the end.</remarks>
    /// <param name="from"><see cref="LogCursor.Start"/>, or where the page before ended.</param>
    /// <param name="recordsMax">So many keys at most; a page may have none though there are more.</param>
    public LogPage List(LogCursor from, int recordsMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(recordsMax);
        var keys = new List<ReadOnlyMemory<byte>>();
        var budget = PageBytesMax;
        var isDamaged = false;
        for (var i = state.Segments.IndexFrom(from.Segment); i < state.Segments.Count; i++)
        {
            var segment = state.Segments[i];
            var begin = segment.Number == from.Segment ? Math.Max(from.Offset, SegmentHeader.Length) : SegmentHeader.Length;
            var scan = new RecordScan(state.Reader, segment, begin, segment.Used);
            ScanStatus status;
            while ((status = scan.NextKey()) == ScanStatus.Record)
            {
                if (keys.Count == recordsMax || budget <= 0)
                    return new LogPage(keys, new LogCursor(segment.Number, (uint)scan.Offset), IsLast: false, isDamaged);
                budget -= RecordHeader.Length + scan.Header.KeyLength;
                var place = new Place(segment.Number, (uint)scan.Offset);
                if (!scan.Header.IsTombstone && state.Index.Contains(state.Hash.Of(scan.Key), place))
                    keys.Add(scan.Key.ToArray());
            }

            isDamaged |= status != ScanStatus.End;
        }

        return new LogPage(keys, new LogCursor(uint.MaxValue, 0), IsLast: true, isDamaged);
    }

    /// <summary>The hash of a key: where <see cref="Walk"/> comes to it.</summary>
    public ulong HashOf(ReadOnlySpan<byte> key) => state.Hash.Of(key);

    /// <summary>Keys that have a value, durable or not, in the order of their hashes.</summary>
    /// <remarks>Each part is read anew from the index: a key that has a value from the first part to the last is in exactly one of
    /// them, however often it is written meanwhile.</remarks>
    /// <param name="from">0, or behind <see cref="LogWalk.Last"/> of the part before.</param>
    /// <param name="about">About how many; the range is chosen by their mean distance, and ends at the latest where the hash's first
    /// byte changes.</param>
    /// <param name="headBytes">How much of each value to read.</param>
    public LogWalk Walk(ulong from, int about, int headBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(about);
        ArgumentOutOfRangeException.ThrowIfNegative(headBytes);
        var slots = new List<Slot>();
        var last = state.Index.Walk(from, about, slots);
        return new LogWalk([.. slots.Where(slot => !slot.IsTombstone).Select(slot => state.Glance(slot, headBytes))], last);
    }

    /// <summary>One step of what is to be done besides: hint files, compaction, filling the reserve. What it prepares is done by the next
    /// commits.</summary>
    /// <param name="budgetBytes">About how much to read, and to copy.</param>
    /// <returns>Whether there is more to do: then it wants to be called again, after a commit if <see cref="IsDirty"/>.</returns>
    public bool Compact(int budgetBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(budgetBytes);
        return !IsQuarantined && housekeeping.Step(budgetBytes, IsFull, room.Reserve, HasRoom);

        bool HasRoom(int bytes) => MayTake(bytes, isUrgent: true) == LogStatus.Done;
    }

    private static void ThrowIfNoKey(ReadOnlySpan<byte> key)
    {
        if (key.Length is 0 or > LogLimits.KeyBytesMax)
            throw new ArgumentException($"A key has 1 to {LogLimits.KeyBytesMax} bytes.", nameof(key));
    }

    private LogStatus MayTake(int bytes, bool isUrgent)
    {
        if (IsQuarantined)
            return LogStatus.Quarantined;
        var waiting = (long)(state.Reader.Waiting?.Length ?? 0);
        if (waiting > 0 && waiting + bytes > state.Settings.WaitingBytesMax)
            return LogStatus.Busy;
        if (!IsFull)
            return LogStatus.Done;
        // What is under way may need of the reserve what is not written yet.
        waiting += state.Reader.UnderWay?.Length ?? 0;
        return isUrgent && waiting + bytes <= room.Reserve ? LogStatus.Done : LogStatus.Full;
    }

    private void Settle(Batch batch)
    {
        state.DurableSequence = batch.LastSequence;
        state.DurableSegment = batch.Segment.Number;
        state.Reader.UnderWay = null;
        state.Recycle(batch);
        syncs++;
    }
}
