using System.Text;
using Roj.Log;
using Roj.Log.Disk;
using Xunit;

namespace Roj.Tests.Log;

/// <summary>A log on a disk in memory, in words.</summary>
internal sealed class LogLab
{
    public LogLab(LogSettings? settings = null, ILogDisk? disk = null)
    {
        Settings = settings ?? Small;
        Disk = disk ?? Memory;
        Log = Open();
    }

    public static LogSettings Small { get; } = new(0x5EED) { SegmentBytes = 4096, ReserveBytes = 0, PreallocateBytes = 0 };

    public LogSettings Settings { get; }

    public MemoryLogDisk Memory { get; } = new();

    public ILogDisk Disk { get; }

    public DurableLog Log { get; private set; }

    public TornTail? Tail { get; private set; }

    public DurableLog Open()
    {
        var opened = DurableLog.Open(Disk, Settings);
        Assert.True(opened.TryGet(out var log, out var fault), fault?.Sentence);
        (Log, Tail) = (log, opened.Tail);
        return log;
    }

    public LogFault Refusal(LogSettings? settings = null)
    {
        var opened = DurableLog.Open(Disk, settings ?? Settings);
        Assert.False(opened.TryGet(out _, out var fault));
        return fault;
    }

    public void Put(string key, string value) => Assert.Equal(LogStatus.Done, Log.Append(Bytes(key), Bytes(value)));

    public void Remove(string key) => Assert.Equal(LogStatus.Done, Log.Remove(Bytes(key)));

    /// <summary>The value; null if there is none; "?" if it is damaged.</summary>
    public string? Get(string key) => Log.Find(Bytes(key), out var value) switch
    {
        LogFinding.Found => Encoding.UTF8.GetString(value.Span),
        LogFinding.Damaged => "?",
        _ => null,
    };

    public LogStatus Commit()
    {
        var commit = Log.BeginCommit();
        Assert.NotNull(commit);
        if (commit.Write(Disk) == LogDiskResult.Done)
            commit.Sync(Disk);
        return Log.EndCommit(commit);
    }

    /// <summary>Does everything that is to be done besides.</summary>
    public void Settle()
    {
        for (var i = 0; Log.Compact(1 << 20) || Log.IsDirty; i++)
        {
            Assert.True(i < 10_000, "never comes to rest");
            if (Log.IsDirty)
                Commit();
        }
    }

    public List<string> Listed(int pageMax = 3)
    {
        var keys = new List<string>();
        var cursor = LogCursor.Start;
        for (var isLast = false; !isLast;)
        {
            var page = Log.List(cursor, pageMax);
            Assert.True(page.Keys.Count <= pageMax);
            keys.AddRange(page.Keys.Select(key => Encoding.UTF8.GetString(key.Span)));
            (cursor, isLast) = (page.Next, page.IsLast);
        }

        return keys;
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
