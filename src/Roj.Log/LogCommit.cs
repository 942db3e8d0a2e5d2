using Roj.Log.Background;
using Roj.Log.Disk;
using Roj.Log.Format;
using Roj.Log.Segments;

namespace Roj.Log;

/// <summary>What waited, on its way to the disk: first <see cref="Write"/>, then <see cref="Sync"/>, then <see
/// cref="DurableLog.EndCommit"/>.</summary>
/// <remarks>The first two may run on another thread than the log's: they touch nothing of it but this and the disk.</remarks>
public sealed class LogCommit
{
    private const int ReserveSteps = 16; // of 1 MiB each, unless another reserve was asked for
    private const int AheadBatchMax = 64 << 10;
    private static readonly byte[] zeros = new byte[64 << 10];

    private readonly LogSettings settings;
    private readonly Segment? sealedOne;

    internal LogCommit(LogSettings settings, Batch? batch, Segment? sealedOne, IReadOnlyList<Chore> chores, LogRoom room)
    {
        this.settings = settings;
        this.sealedOne = sealedOne;
        Batch = batch;
        Chores = chores;
        (Allocated, Reserve) = (room.Allocated, room.Reserve);
    }

    /// <summary>The same batch once more, when there was no room for it.</summary>
    internal LogCommit(LogCommit full, IReadOnlyList<Chore> chores, LogRoom room)
        : this(full.settings, full.Batch, full.sealedOne, chores, room)
    {
        HasOpened = full.HasOpened;
    }

    /// <summary>Bytes of records in it.</summary>
    public int Bytes => Batch?.Length ?? 0;

    internal Batch? Batch { get; }

    internal IReadOnlyList<Chore> Chores { get; }

    /// <summary>What room there is now.</summary>
    internal LogRoom Room => new(Allocated, Reserve);

    /// <summary>How it went; null until it is over.</summary>
    internal LogDiskResult? Result { get; private set; }

    /// <summary>Whether the file that the batch opens is there: not to be made again when the rest is tried again.</summary>
    private bool HasOpened { get; set; }

    private long Allocated { get; set; }

    private int Reserve { get; set; }

    /// <summary>Writes it. If this does not end as done there is nothing to sync.</summary>
    public LogDiskResult Write(ILogDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        foreach (var chore in Chores)
        {
            if (Run(disk, chore) == LogDiskResult.Failed)
                return End(LogDiskResult.Failed);
        }

        if (Batch is null)
            return LogDiskResult.Done;
        var result = Batch.OpensSegment ? WithReserve(disk, () => Open(disk)) : LogDiskResult.Done;
        if (result == LogDiskResult.Done)
            result = WithReserve(disk, () => disk.Write(Batch.Segment.Name, Batch.Start, Batch.Bytes));
        if (result != LogDiskResult.Done)
            return End(result);
        Allocated = Math.Max(Allocated, Batch.End);
        return WriteAhead(disk) == LogDiskResult.Failed ? End(LogDiskResult.Failed) : LogDiskResult.Done;
    }

    /// <summary>Makes durable what was written.</summary>
    public LogDiskResult Sync(ILogDisk disk)
    {
        ArgumentNullException.ThrowIfNull(disk);
        return Result ?? End(Batch is null ? LogDiskResult.Done : disk.Sync(Batch.Segment.Name));
    }

    // The only result that may be tried again is that there is no room: a failed sync has forgotten what it was to sync.
    private LogDiskResult End(LogDiskResult result)
    {
        Result = result is LogDiskResult.Done or LogDiskResult.Full ? result : LogDiskResult.Failed;
        return Result.Value;
    }

    private LogDiskResult WithReserve(ILogDisk disk, Func<LogDiskResult> attempt)
    {
        var result = attempt();
        while (result == LogDiskResult.Full && Reserve > 0)
        {
            Reserve -= Math.Min(Reserve, Math.Max(1, settings.ReserveBytes / ReserveSteps));
            if (disk.Truncate(FileNames.Reserve, Reserve) != LogDiskResult.Done)
                return LogDiskResult.Failed;
            result = attempt();
        }

        return result;
    }

    // A segment has its name only when its header is on the disk: so a header that is not right is damage, never a torn one.
    private LogDiskResult Open(ILogDisk disk)
    {
        if (HasOpened)
            return LogDiskResult.Done;
        var segment = Batch!.Segment;
        var unfinished = segment.Name + FileNames.New;
        var header = new SegmentHeader(SegmentHeader.Version, settings.Owner, segment.Number, segment.FirstSequence);
        var result = Replace(disk, unfinished, segment.Name, header.Write());
        HasOpened = result == LogDiskResult.Done;
        Allocated = SegmentHeader.Length;
        // The zeros behind the segment before it are of no use any more; if they stay, they do no harm.
        if (HasOpened && sealedOne is not null)
            _ = disk.Truncate(sealedOne.Name, sealedOne.Used);
        return result;
    }

    private LogDiskResult WriteAhead(ILogDisk disk)
    {
        // A batch as large as that gains less than it costs to write everything twice; and what lies beyond the seal is never written.
        var wanted = Math.Min(settings.SegmentBytes, Allocated + settings.PreallocateBytes);
        if (Allocated > Batch!.End || Batch.Length >= Math.Min(settings.PreallocateBytes, AheadBatchMax) || Reserve < settings.ReserveBytes)
            return LogDiskResult.Done;
        while (Allocated < wanted)
        {
            var step = (int)Math.Min(zeros.Length, wanted - Allocated);
            var result = disk.Write(Batch.Segment.Name, Allocated, zeros.AsSpan(0, step));
            if (result != LogDiskResult.Done)
                return result;
            Allocated += step;
        }

        return LogDiskResult.Done;
    }

    private LogDiskResult Run(ILogDisk disk, Chore chore) => chore switch
    {
        Chore.Delete(var segment) => Delete(disk, segment),
        Chore.Hint(var segment, var bytes) => Replace(
            disk, FileNames.Hint(segment.Number) + FileNames.New, FileNames.Hint(segment.Number), bytes),
        Chore.Refill(var bytes) => Refill(disk, bytes),
        _ => throw new System.Diagnostics.UnreachableException($"{chore}"),
    };

    private static LogDiskResult Delete(ILogDisk disk, Segment segment)
    {
        if (disk.Delete(FileNames.Hint(segment.Number)) == LogDiskResult.Failed || disk.Delete(segment.Name) == LogDiskResult.Failed)
            return LogDiskResult.Failed;
        return disk.SyncDirectory();
    }

    private LogDiskResult Refill(ILogDisk disk, int bytes)
    {
        for (var rest = bytes; rest > 0;)
        {
            var step = Math.Min(rest, zeros.Length);
            var result = disk.Write(FileNames.Reserve, Reserve, zeros.AsSpan(0, step));
            if (result == LogDiskResult.NotFound)
                result = disk.Create(FileNames.Reserve) == LogDiskResult.Done ? LogDiskResult.Done : LogDiskResult.Full;
            else if (result == LogDiskResult.Done)
                (rest, Reserve) = (rest - step, Reserve + step);
            if (result != LogDiskResult.Done)
                return result;
        }

        return LogDiskResult.Done;
    }

    private static LogDiskResult Replace(ILogDisk disk, string unfinished, string name, ReadOnlySpan<byte> bytes)
    {
        if (disk.Delete(unfinished) == LogDiskResult.Failed)
            return LogDiskResult.Failed;
        var result = disk.Create(unfinished);
        if (result == LogDiskResult.Done)
            result = disk.Write(unfinished, 0, bytes);
        if (result == LogDiskResult.Full)
            _ = disk.Delete(unfinished);
        if (result == LogDiskResult.Done)
            result = disk.Sync(unfinished);
        if (result == LogDiskResult.Done)
            result = disk.Rename(unfinished, name);
        return result == LogDiskResult.Done ? disk.SyncDirectory() : result;
    }
}
