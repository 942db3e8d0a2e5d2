using Roj.Host.Disk;
using Roj.Log;
using Roj.Log.Disk;
using Roj.Tests.Log;
using Xunit;

namespace Roj.Tests.Host;

public sealed class LogDiskTests
{
    [Fact]
    public void Files_are_made_written_renamed_cut_and_deleted()
    {
        using var folder = new ScratchFolder();
        using var disk = new LogDisk(folder.At("log"));
        Assert.Equal(LogDiskResult.Done, disk.List(out var names));
        Assert.Empty(names);
        Assert.Equal(LogDiskResult.NotFound, disk.LengthOf("f", out _));
        Assert.Equal(LogDiskResult.NotFound, disk.Read("f", 0, new byte[1], out _));
        Assert.Equal(LogDiskResult.NotFound, disk.Write("f", 0, [1]));
        Assert.Equal(LogDiskResult.NotFound, disk.Sync("f"));
        Assert.Equal(LogDiskResult.NotFound, disk.Delete("f"));
        Assert.Equal(LogDiskResult.Done, disk.Create("f"));
        Assert.Equal(LogDiskResult.Exists, disk.Create("f"));
        Assert.Equal(LogDiskResult.Done, disk.Write("f", 2, [1, 2, 3]));
        Assert.Equal(LogDiskResult.Done, disk.Sync("f"));
        Assert.Equal(LogDiskResult.Done, disk.Rename("f", "g"));
        Assert.Equal(LogDiskResult.Done, disk.SyncDirectory());
        var bytes = new byte[9];
        Assert.Equal(LogDiskResult.Done, disk.Read("g", 1, bytes, out var read));
        Assert.Equal([0, 1, 2, 3], bytes[..read]);
        Assert.Equal(LogDiskResult.Done, disk.Truncate("g", 3));
        Assert.Equal(LogDiskResult.Done, disk.LengthOf("g", out var length));
        Assert.Equal(3, length);
        disk.List(out names);
        Assert.Equal(["g"], names);
        Assert.Equal(LogDiskResult.Done, disk.Delete("g"));
        Assert.Equal(LogDiskResult.NotFound, disk.LengthOf("g", out _));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.At("log")));
    }

    [Fact]
    public void A_log_on_a_real_disk_is_there_when_it_is_opened_anew()
    {
        using var folder = new ScratchFolder();
        using (var disk = new LogDisk(folder.At("log")))
        {
            var lab = new LogLab(LogLab.Small with { ReserveBytes = 100_000, PreallocateBytes = 10_000 }, disk);
            for (var i = 0; i < 300; i++)
            {
                lab.Put($"k{i % 100}", $"{i}/{new string('x', 100)}");
                if (i % 9 == 0)
                    lab.Commit();
            }

            lab.Commit();
            lab.Settle();
        }

        using var again = new LogDisk(folder.At("log"));
        var opened = new LogLab(LogLab.Small with { ReserveBytes = 100_000 }, again);
        for (var i = 0; i < 100; i++)
            Assert.StartsWith($"{i + 200}/", opened.Get($"k{i}"), StringComparison.Ordinal);
        Assert.Equal(100_000, new FileInfo(folder.At("log/reserve")).Length);
    }

    [Fact]
    public async Task The_log_is_read_while_a_commit_is_written_on_another_thread()
    {
        using var folder = new ScratchFolder();
        using var disk = new LogDisk(folder.At("log"));
        var lab = new LogLab(LogLab.Small with { SegmentBytes = 1 << 16 }, disk);
        for (var round = 0; round < 50; round++)
        {
            for (var i = 0; i < 20; i++)
                lab.Put($"k{i}", $"{round}/{new string('x', 300)}");
            var commit = lab.Log.BeginCommit()!;
            var written = Task.Run(
                () =>
                {
                    commit.Write(disk);
                    commit.Sync(disk);
                },
                TestContext.Current.CancellationToken);
            do
            {
                for (var i = 0; i < 20; i++)
                    Assert.StartsWith($"{round}/", lab.Get($"k{i}"), StringComparison.Ordinal);
                lab.Log.Compact(5000);
            }
            while (!written.IsCompleted);
            await written;
            Assert.Equal(LogStatus.Done, lab.Log.EndCommit(commit));
        }
    }

    [Fact]
    public void A_read_only_directory_is_refused_with_the_systems_reason()
    {
        if (OperatingSystem.IsWindows())
            return;
        Assert.SkipWhen(Environment.UserName == "root", "root may write everywhere");
        using var folder = new ScratchFolder();
        Directory.CreateDirectory(folder.At("log"));
        File.SetUnixFileMode(folder.At("log"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var disk = new LogDisk(folder.At("log"));
        var opened = DurableLog.Open(disk, new LogSettings(1));
        Assert.Contains("Permission denied", Assert.IsType<LogFault.Unwritable>(opened.Fault).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_that_is_a_file_is_refused()
    {
        using var folder = new ScratchFolder();
        using var disk = new LogDisk(folder.Put("log", [1]));
        Assert.IsType<LogFault.Unreadable>(DurableLog.Open(disk, new LogSettings(1)).Fault);
    }
}
