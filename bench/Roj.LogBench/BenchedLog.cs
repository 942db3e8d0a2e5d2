using System.Buffers.Binary;
using Roj.Host.Disk;
using Roj.Kernel;
using Roj.Log;
using Roj.Log.Disk;

namespace Roj.LogBench;

/// <summary>A log in a directory of its own, and what fills it.</summary>
internal sealed class BenchedLog : IDisposable
{
    public const int KeyBytes = 16;

    private readonly LogDisk disk;
    private readonly Rng rng = new(1);
    private readonly byte[] key = new byte[KeyBytes];

    public BenchedLog(string path, LogSettings settings)
    {
        disk = new LogDisk(path);
        var opened = DurableLog.Open(disk, settings);
        if (!opened.TryGet(out var log, out var fault))
            throw new InvalidOperationException(fault.Sentence);
        Log = log;
    }

    public DurableLog Log { get; }

    /// <summary>Appends a value of a key by its number.</summary>
    public void Append(long number, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteInt64BigEndian(key, number);
        LogStatus status;
        while ((status = Log.Append(key, value)) == LogStatus.Busy)
            Commit();
        if (status != LogStatus.Done)
            throw new InvalidOperationException($"the log is {status}");
    }

    public void AppendAny(int keys, ReadOnlySpan<byte> value) => Append(rng.Next(keys), value);

    public bool Find(long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(key, number);
        return Log.Find(key, out _) == LogFinding.Found;
    }

    public void Commit()
    {
        if (Log.BeginCommit() is not { } commit)
            return;
        if (commit.Write(disk) == LogDiskResult.Done)
            commit.Sync(disk);
        if (Log.EndCommit(commit) != LogStatus.Done)
            throw new InvalidOperationException($"a commit failed: {disk.Reason}");
    }

    /// <summary>Does all that is to be done besides.</summary>
    public void Settle()
    {
        while (Log.Compact(8 << 20) || Log.IsDirty)
            Commit();
    }

    public void Dispose() => disk.Dispose();
}
