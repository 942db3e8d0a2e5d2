using Roj.Log;
using Roj.Log.Disk;
using Xunit;

namespace Roj.Tests.Log;

public sealed class DurableLogTests
{
    private const string First = "0000000001.segment";

    [Fact]
    public void The_first_segment_to_the_byte()
    {
        var lab = new LogLab();
        lab.Put("key", "value");
        lab.Remove("key");
        lab.Commit();
        Assert.Equal(
            "526F6A4C6F670D0A" + "00010000" + "00000000000000000000000000005EED" + "00000001" + "0000000000000001" + "62CB9D64"
            + "6B8C0113" + "00000003" + "00000005" + "0000000000000001" + "0000002C" + "0000000000000000" + "6B657976616C7565"
            + "455A9FD1" + "00000003" + "FFFFFFFF" + "0000000000000002" + "0000002C" + "000000010000002C" + "6B6579",
            Convert.ToHexString(lab.Memory.Files[First]));
    }

    [Fact]
    public void The_latest_value_is_found_before_and_after_the_commit_and_after_opening_anew()
    {
        var lab = new LogLab();
        lab.Put("a", "1");
        lab.Put("b", "");
        Assert.Equal(("1", "", null), (lab.Get("a"), lab.Get("b"), lab.Get("c")));
        Assert.Equal(LogStatus.Done, lab.Commit());
        lab.Put("a", "2");
        lab.Remove("b");
        Assert.Equal(("2", null), (lab.Get("a"), lab.Get("b")));
        lab.Commit();
        Assert.Equal(("2", null), (lab.Get("a"), lab.Get("b")));
        lab.Open();
        Assert.Equal(("2", null), (lab.Get("a"), lab.Get("b")));
        Assert.Null(lab.Tail);
        Assert.Equal((1, 1), (lab.Log.Figures.Keys, lab.Log.Figures.Tombstones));
    }

    [Fact]
    public void What_is_appended_while_a_commit_is_under_way_goes_into_the_next()
    {
        var lab = new LogLab();
        lab.Put("a", "1");
        var first = lab.Log.BeginCommit();
        Assert.NotNull(first);
        lab.Put("a", "2");
        lab.Put("b", "3");
        Assert.Null(lab.Log.BeginCommit());
        Assert.Equal(("2", "3"), (lab.Get("a"), lab.Get("b")));
        first.Write(lab.Disk);
        first.Sync(lab.Disk);
        Assert.Equal(LogStatus.Done, lab.Log.EndCommit(first));
        Assert.True(lab.Log.IsDirty);

        var killed = new LogLab(disk: lab.Memory);
        Assert.Equal(("1", null), (killed.Get("a"), killed.Get("b")));
        lab.Commit();
        Assert.False(lab.Log.IsDirty);
        lab.Open();
        Assert.Equal(("2", "3"), (lab.Get("a"), lab.Get("b")));
    }

    [Fact]
    public void One_commit_is_one_sync_and_nothing_to_commit_is_none()
    {
        var lab = new LogLab();
        Assert.Null(lab.Log.BeginCommit());
        lab.Put("a", "1");
        lab.Commit();
        var before = lab.Memory.Syncs;
        for (var i = 0; i < 64; i++)
            lab.Put($"k{i}", "v");
        lab.Remove("absent");
        lab.Commit();
        Assert.Equal(before + 1, lab.Memory.Syncs);
        Assert.Null(lab.Log.BeginCommit());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(LogLimits.KeyBytesMax)]
    public void Keys_up_to_the_limit(int length)
    {
        var lab = new LogLab();
        var key = new byte[length];
        Assert.Equal(LogStatus.Done, lab.Log.Append(key, "v"u8));
        lab.Commit();
        lab.Open();
        Assert.Equal(LogFinding.Found, lab.Log.Find(key, out _));
    }

    [Fact]
    public void A_value_at_the_limit_and_everything_one_past_it()
    {
        var lab = new LogLab();
        var value = new byte[LogLimits.ValueBytesMax + 1];
        value[^2] = 7;
        Assert.Throws<ArgumentException>(() => lab.Log.Append("k"u8, value));
        Assert.Throws<ArgumentException>(() => lab.Log.Append(new byte[LogLimits.KeyBytesMax + 1], default));
        Assert.Throws<ArgumentException>(() => lab.Log.Append(default, "v"u8));
        Assert.Throws<ArgumentException>(() => lab.Log.Remove(default));
        Assert.Equal(LogStatus.Done, lab.Log.Append("k"u8, value.AsSpan(0, LogLimits.ValueBytesMax)));
        lab.Commit();
        lab.Open();
        Assert.Equal(LogFinding.Found, lab.Log.Find("k"u8, out var found));
        Assert.True(found.Span.SequenceEqual(value.AsSpan(0, LogLimits.ValueBytesMax)));
        Assert.Equal(LogFinding.Absent, lab.Log.Find(new byte[LogLimits.KeyBytesMax + 1], out _));
    }

    [Fact]
    public void No_more_may_wait_than_was_said()
    {
        var lab = new LogLab(LogLab.Small with { WaitingBytesMax = 100 });
        lab.Put("a", new string('x', 200)); // one record always may
        Assert.Equal(LogStatus.Busy, lab.Log.Append("b"u8, "1"u8));
        lab.Commit();
        lab.Put("b", new string('x', 100 - 33 - 34));
        lab.Put("c", "1");
        Assert.Equal(LogStatus.Busy, lab.Log.Remove("a"u8));
        Assert.Null(lab.Get("d"));
    }

    [Fact]
    public void Keys_with_one_hash_are_told_apart()
    {
        var lab = new LogLab(LogLab.Small with { HashBits = 0 });
        for (var i = 0; i < 30; i++)
            lab.Put($"k{i}", $"{i}");
        lab.Commit();
        lab.Put("k7", "seven");
        lab.Remove("k8");
        for (var round = 0; round < 2; round++, lab.Open())
        {
            for (var i = 0; i < 30; i++)
                Assert.Equal(i switch { 7 => "seven", 8 => null, _ => $"{i}" }, lab.Get($"k{i}"));
            Assert.Equal(29, lab.Listed().Distinct().Count());
            if (lab.Log.IsDirty)
                lab.Commit();
        }
    }

    [Fact]
    public void A_failed_sync_ends_this_life()
    {
        var lab = new LogLab();
        lab.Put("a", "1");
        lab.Commit();
        lab.Put("a", "2");
        lab.Memory.SyncFails = true;
        Assert.Equal(LogStatus.Quarantined, lab.Commit());
        lab.Memory.SyncFails = false;
        Assert.Equal(LogStatus.Quarantined, lab.Log.Append("b"u8, "1"u8));
        Assert.Equal(LogStatus.Quarantined, lab.Log.Remove("a"u8));
        Assert.False(lab.Log.IsDirty);
        Assert.Null(lab.Log.BeginCommit());
        Assert.False(lab.Log.Compact(1));
        lab.Open();
        Assert.Equal("2", lab.Get("a"));
    }

    [Fact]
    public void A_full_disk_takes_removals_and_what_is_urgent_and_comes_back()
    {
        var lab = new LogLab(LogLab.Small with { ReserveBytes = 1000 });
        lab.Put("a", new string('a', 500));
        lab.Put("b", new string('b', 500));
        lab.Commit();
        lab.Memory.Capacity = lab.Memory.Files.Values.Sum(f => f.Length) + 10;
        lab.Put("c", "1");
        Assert.Equal(LogStatus.Done, lab.Commit()); // by the reserve
        Assert.True(lab.Log.IsFull);
        Assert.Equal(LogStatus.Full, lab.Log.Append("d"u8, "1"u8));
        Assert.Equal(LogStatus.Done, lab.Log.Append("d"u8, "urgent"u8, isUrgent: true));
        lab.Remove("a");
        Assert.Equal(LogStatus.Full, lab.Log.Append("e"u8, new byte[1000], isUrgent: true)); // more than the reserve
        Assert.Equal(LogStatus.Done, lab.Commit());
        Assert.InRange(lab.Log.Figures.ReserveBytes, 1, 999);

        lab.Open();
        Assert.True(lab.Log.IsFull);
        Assert.Equal((null, "1", "urgent"), (lab.Get("a"), lab.Get("c"), lab.Get("d")));
        lab.Memory.Capacity = long.MaxValue;
        lab.Settle();
        Assert.False(lab.Log.IsFull);
        lab.Put("e", "1");
        Assert.Equal(1000, lab.Log.Figures.ReserveBytes);
    }

    [Fact]
    public void Without_room_and_reserve_what_waits_is_kept_and_tried_again()
    {
        var lab = new LogLab();
        lab.Put("a", "1");
        lab.Commit();
        lab.Memory.Capacity = lab.Memory.Files.Values.Sum(f => f.Length);
        lab.Put("b", "2");
        Assert.Equal(LogStatus.Full, lab.Commit());
        Assert.Equal(LogStatus.Full, lab.Log.Append("c"u8, "3"u8));
        Assert.Equal(LogStatus.Full, lab.Log.Remove("a"u8));
        Assert.Equal(("1", "2"), (lab.Get("a"), lab.Get("b")));
        Assert.Equal(LogStatus.Full, lab.Commit());
        lab.Memory.Capacity = long.MaxValue;
        Assert.Equal(LogStatus.Done, lab.Commit());
        lab.Put("c", "3");
        lab.Commit();
        lab.Open();
        Assert.Equal(("1", "2", "3"), (lab.Get("a"), lab.Get("b"), lab.Get("c")));
    }

    [Fact]
    public void A_commit_is_ended_once_and_only_when_it_is_over()
    {
        var lab = new LogLab();
        lab.Put("a", "1");
        var commit = lab.Log.BeginCommit()!;
        Assert.Throws<ArgumentException>(() => lab.Log.EndCommit(commit));
        Assert.Equal(LogDiskResult.Done, commit.Write(lab.Disk));
        Assert.Throws<ArgumentException>(() => lab.Log.EndCommit(commit));
        Assert.Equal(LogDiskResult.Done, commit.Sync(lab.Disk));
        Assert.Equal(LogStatus.Done, lab.Log.EndCommit(commit));
        Assert.Throws<ArgumentException>(() => lab.Log.EndCommit(commit));
    }

    [Fact]
    public void Zeros_are_written_ahead_and_taken_for_what_they_are()
    {
        var lab = new LogLab(LogLab.Small with { PreallocateBytes = 1000 });
        lab.Put("a", "1");
        lab.Commit();
        var length = lab.Memory.Files[First].Length;
        Assert.Equal(44 + 34 + 1000, length);
        lab.Put("b", "2");
        lab.Commit();
        Assert.Equal(length, lab.Memory.Files[First].Length);
        lab.Open();
        Assert.Null(lab.Tail);
        Assert.Equal(("1", "2"), (lab.Get("a"), lab.Get("b")));
        lab.Put("c", "3");
        lab.Commit();
        Assert.Equal(length, lab.Memory.Files[First].Length);
    }

    [Theory]
    [InlineData((64 << 10) - 1, 1 << 20)]
    [InlineData(64 << 10, 0)]
    public void Before_large_batches_no_zeros_are_written(int batch, int ahead)
    {
        var lab = new LogLab(LogLab.Small with { PreallocateBytes = 1 << 20, SegmentBytes = 4 << 20, WaitingBytesMax = 1 << 20 });
        lab.Put("a", new string('x', batch - 32 - 1));
        lab.Commit();
        Assert.Equal(44 + batch + ahead, lab.Memory.Files[First].Length);
    }
}
