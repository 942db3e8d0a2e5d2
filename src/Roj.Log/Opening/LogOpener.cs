using Roj.Log.Disk;
using Roj.Log.Format;
using Roj.Log.Segments;

namespace Roj.Log.Opening;

/// <summary>Makes a log of what is on a disk.</summary>
internal sealed class LogOpener(ILogDisk disk, LogSettings settings)
{
    private readonly LogState state = new(disk, settings);
    private readonly List<string> useless = [];
    private readonly SortedSet<uint> numbers = [];
    private readonly SortedSet<uint> hints = [];
    private SegmentLoader? last;
    private long lastLength;
    private int reserve;

    internal OpenedLog Open()
    {
        LogFault? fault = FindFiles();
        fault ??= Load();
        fault ??= Settle();
        if (fault is not null)
            return new OpenedLog(fault);
        TornTail? tail = null;
        if (last is { TornEnd: { } end } && state.Segments.Newest is { } newest)
            tail = new TornTail(newest.Name, newest.Used, end - newest.Used);
        return new OpenedLog(new DurableLog(state, new LogRoom(lastLength, reserve)), tail);
    }

    private LogFault.Unreadable? FindFiles()
    {
        if (disk.List(out var names) != LogDiskResult.Done)
            return new LogFault.Unreadable(".", disk.Reason);
        foreach (var name in names)
        {
            if (FileNames.IsSegment(name, out var number))
                numbers.Add(number);
            else if (FileNames.IsHint(name, out var hinted))
                hints.Add(hinted);
            else if (FileNames.IsUnfinished(name))
                useless.Add(name);
        }

        // The newest has no hint while records may come into it; one that is there is from before a cut.
        useless.AddRange(hints.Where(hint => hint >= numbers.Max || !numbers.Contains(hint)).Select(FileNames.Hint));
        return null;
    }

    private LogFault? Load()
    {
        foreach (var number in numbers)
        {
            var fault = ReadHeader(FileNames.Segment(number), number, out var length, out var header)
                ?? FollowsOn(header)
                ?? Load(new Segment(number, settings.Owner, header.FirstSequence), length);
            if (fault is not null)
                return fault;
        }

        if (state.Segments.Newest is not { } newest)
            return null;
        state.NextSegment = newest.Number + 1;
        state.NextSequence = last!.LastSequence!.Value + 1;
        state.DurableSequence = last.LastSequence.Value;
        state.DurableSegment = newest.Number;
        return null;
    }

    private LogFault? ReadHeader(string name, uint number, out long length, out SegmentHeader header)
    {
        var bytes = new byte[SegmentHeader.Length];
        header = default;
        if (disk.LengthOf(name, out length) != LogDiskResult.Done || disk.Read(name, 0, bytes, out var read) != LogDiskResult.Done)
            return new LogFault.Unreadable(name, disk.Reason);
        if (!SegmentHeader.TryRead(bytes.AsSpan(0, read), out header))
            return new LogFault.Corrupt(name, 0);
        if (header.Written > SegmentHeader.Version)
            return new LogFault.FutureVersion(name, header.Written);
        if (header.Owner != settings.Owner)
            return new LogFault.WrongOwner(name);
        return header.Number == number && header.FirstSequence > 0 ? null : new LogFault.Corrupt(name, 0);
    }

    // Sequence numbers grow by one: what is missing at the end of the segment before shows. What is torn there though nothing is missing
    // had been cut off in an earlier life, by a sync that failed and said so; that it is nothing only the next segment can tell.
    private LogFault.Corrupt? FollowsOn(SegmentHeader header)
    {
        if (state.Segments.Newest is not { } before)
            return null;
        var expected = last!.LastSequence!.Value + 1;
        var follows = before.Number + 1 == header.Number
            ? header.FirstSequence == expected
            : header.FirstSequence >= expected && last.TornEnd is null;
        return follows ? null : new LogFault.Corrupt(before.Name, before.Used);
    }

    private LogFault? Load(Segment segment, long length)
    {
        var isLast = segment.Number == numbers.Max;
        state.Segments.Add(segment);
        last = new SegmentLoader(state, segment, length);
        lastLength = length;
        if (!isLast && hints.Contains(segment.Number) && last.TryHint(out var fault))
            return fault;
        return last.Scan();
    }

    // Only now, when all is well, the disk is changed.
    private LogFault.Unwritable? Settle()
    {
        var result = LogDiskResult.Done;
        foreach (var name in useless)
            result = Worse(result, disk.Delete(name));
        if (state.Segments.Newest is { } newest)
            result = Worse(result, Secure(newest));
        result = Worse(result, disk.SyncDirectory());
        result = Worse(result, FillReserve());
        return result is LogDiskResult.Done ? null : new LogFault.Unwritable(state.Segments.Newest?.Name ?? ".", disk.Reason);
    }

    // What was read came from the cache, which holds what nobody synced, and after a failed sync what no sync will ever write (Rebello and
    // others, Can Applications Recover from fsync Failures?, ATC 2020). Commits before the last one are beyond doubt: it is written again.
    private LogDiskResult Secure(Segment newest)
    {
        var result = LogDiskResult.Done;
        if (last!.TornEnd is not null)
        {
            result = disk.Truncate(newest.Name, newest.Used);
            lastLength = newest.Used;
        }

        var bytes = new byte[newest.Used - last.LastBatch];
        result = Worse(result, disk.Read(newest.Name, last.LastBatch, bytes, out _));
        if (result == LogDiskResult.Done)
            result = disk.Write(newest.Name, last.LastBatch, bytes);
        return Worse(result, disk.Sync(newest.Name));
    }

    private LogDiskResult FillReserve()
    {
        var there = disk.LengthOf(FileNames.Reserve, out var length);
        if (there == LogDiskResult.NotFound && settings.ReserveBytes > 0)
            there = disk.Create(FileNames.Reserve);
        var zeros = new byte[Math.Min(settings.ReserveBytes, 64 << 10)];
        var result = there == LogDiskResult.NotFound ? LogDiskResult.Done : there;
        while (result == LogDiskResult.Done && length < settings.ReserveBytes)
        {
            var step = (int)Math.Min(zeros.Length, settings.ReserveBytes - length);
            result = disk.Write(FileNames.Reserve, length, zeros.AsSpan(0, step));
            length += result == LogDiskResult.Done ? step : 0;
        }

        reserve = (int)Math.Min(length, settings.ReserveBytes);
        // A disk that is full already is no fault: the log is opened as one that is.
        return result == LogDiskResult.Full ? LogDiskResult.Done : result;
    }

    private static LogDiskResult Worse(LogDiskResult one, LogDiskResult other) =>
        one == LogDiskResult.Done && other == LogDiskResult.NotFound ? one : one == LogDiskResult.Done ? other : one;
}
