using Roj.Kernel;
using Roj.Log;
using Xunit;

namespace Roj.Tests.Log;

public sealed class OpeningTests
{
    private const string First = "0000000001.segment";
    private const string Hint = "0000000001.hint";
    private const string Second = "0000000002.segment";

    [Fact]
    public void A_torn_tail_is_cut_off_at_every_length_and_told_of()
    {
        var whole = Three();
        var bytes = whole.Memory.Files[First];
        var second = bytes.Length - 37; // where the last record begins
        for (var length = second; length < bytes.Length; length++)
        {
            var lab = Three();
            lab.Memory.Files[First] = bytes[..length];
            lab.Open();
            var torn = bytes.AsSpan(second, length - second).LastIndexOfAnyExcept((byte)0) + 1;
            Assert.Equal(length == second ? null : new TornTail(First, second, torn), lab.Tail);
            Assert.Equal(("1", "2", null), (lab.Get("a"), lab.Get("b"), lab.Get("c")));
            Assert.Equal(second, lab.Memory.Files[First].Length);
            lab.Put("c", "new");
            lab.Commit();
            lab.Open();
            Assert.Null(lab.Tail);
            Assert.Equal("new", lab.Get("c"));
        }
    }

    [Fact]
    public void A_flipped_bit_before_the_last_commit_is_a_fault_that_says_where()
    {
        var length = Three().Memory.Files[First].Length;
        for (var at = 44; at < length - 37; at++)
        {
            var lab = Three();
            lab.Memory.Files[First][at] ^= 0x10;
            var before = lab.Memory.Files[First].ToArray();
            Assert.Equal(new LogFault.Corrupt(First, at < 44 + 34 ? 44 : 44 + 34), lab.Refusal());
            Assert.Equal(before, lab.Memory.Files[First]);
        }
    }

    [Fact]
    public void Damage_within_the_last_commit_can_not_be_told_from_a_torn_tail()
    {
        var lab = Three();
        lab.Memory.Files[First][^1] ^= 1;
        lab.Open();
        Assert.Equal(37, lab.Tail?.Bytes);
        Assert.Null(lab.Get("c"));
    }

    [Fact]
    public void Later_records_of_a_torn_commit_prove_nothing()
    {
        var lab = new LogLab();
        lab.Put("a", "1");
        lab.Commit();
        var torn = lab.Memory.Files[First].Length;
        lab.Put("b", "2");
        lab.Put("c", "3");
        lab.Commit();
        lab.Memory.Files[First].AsSpan(torn, 34).Clear(); // the sector of b was not written
        lab.Open();
        Assert.Equal(torn, lab.Tail?.Offset);
        Assert.Equal(("1", null, null), (lab.Get("a"), lab.Get("b"), lab.Get("c")));
    }

    [Fact]
    public void A_flipped_bit_in_a_header_an_empty_segment_and_one_cut_short_are_faults()
    {
        for (var at = 0; at < 44; at++)
        {
            var lab = Three();
            lab.Memory.Files[First][at] ^= 1;
            Assert.Equal(new LogFault.Corrupt(First, 0), lab.Refusal());
        }

        foreach (var length in (int[])[0, 43])
        {
            var lab = Three();
            lab.Memory.Files[First] = lab.Memory.Files[First][..length];
            Assert.Equal(new LogFault.Corrupt(First, 0), lab.Refusal());
        }
    }

    [Fact]
    public void A_sealed_segment_that_lost_its_end_is_a_fault()
    {
        foreach (var hasHint in (bool[])[true, false])
        {
            var lab = TwoSegments();
            if (!hasHint)
                lab.Memory.Files.Remove("0000000001.hint");
            lab.Memory.Files[First] = lab.Memory.Files[First][..4100];
            Assert.IsType<LogFault.Corrupt>(lab.Refusal());
            Assert.Equal(First, lab.Refusal().File);
        }
    }

    [Fact]
    public void A_sealed_segment_cut_between_two_records_is_a_fault_though_the_segment_behind_it_is_gone()
    {
        foreach (var length in (int[])[44, 44 + 34, 44 + 34 + 34])
        {
            var lab = OneGone();
            lab.Memory.Files[First] = lab.Memory.Files[First][..length];
            Assert.Equal(new LogFault.Corrupt(First, length), lab.Refusal());
        }
    }

    [Fact]
    public void A_hint_that_is_damaged_proves_nothing()
    {
        var lab = OneGone();
        lab.Memory.Files[Hint] = [.. lab.Memory.Files[Hint], .. new byte[20 * 5000]];
        lab.Open();
        Assert.Equal(("1", "2"), (lab.Get("a"), lab.Get("b")));
        lab.Memory.Files[Hint][31] ^= 0x40; // where the records end
        lab.Open();
        Assert.Equal(("1", "2"), (lab.Get("a"), lab.Get("b")));
    }

    [Fact]
    public void A_flipped_bit_in_a_sealed_value_is_found_by_reading_it_and_reported()
    {
        var lab = TwoSegments();
        lab.Memory.Files[First][100] ^= 4;
        lab.Open();
        Assert.Equal("?", lab.Get("a"));
        lab.Put("a", "healed");
        Assert.Equal("healed", lab.Get("a"));
    }

    [Fact]
    public void A_log_of_another_owner_and_one_of_a_later_version_are_refused()
    {
        var lab = Three();
        Assert.Equal(new LogFault.WrongOwner(First), lab.Refusal(lab.Settings with { Owner = 1 }));
        Assert.Contains("another", lab.Refusal(lab.Settings with { Owner = 1 }).Sentence, StringComparison.Ordinal);
        var header = lab.Memory.Files[First];
        header[9] = 2;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(40), Crc.Of(header.AsSpan(0, 40)));
        Assert.Equal(new LogFault.FutureVersion(First, 2), lab.Refusal());
    }

    [Fact]
    public void A_disk_that_takes_nothing_is_a_fault()
    {
        var lab = Three();
        lab.Memory.IsReadOnly = true;
        Assert.Equal(new LogFault.Unwritable(First, "Input/output error"), lab.Refusal());
        Assert.IsType<LogFault.Unwritable>(DurableLog.Open(new MemoryLogDisk { IsReadOnly = true }, new LogSettings(1)).Fault);
    }

    [Fact]
    public void What_was_being_made_and_hints_of_nothing_are_thrown_away()
    {
        var lab = Three();
        lab.Memory.Files["0000000002.segment.new"] = [1];
        lab.Memory.Files["0000000001.hint"] = [1]; // of the newest: more may come into it
        lab.Memory.Files["0000000007.hint"] = [1];
        lab.Memory.Files["else.txt"] = [1];
        lab.Open();
        Assert.Equal([First, "else.txt"], lab.Memory.Files.Keys);
    }

    [Fact]
    public void A_record_is_right_in_its_place_only()
    {
        var lab = Three();
        var bytes = lab.Memory.Files[First];
        lab.Memory.Files[First] = [.. bytes, .. bytes[^37..]];
        lab.Open();
        Assert.Equal(new TornTail(First, bytes.Length, 37), lab.Tail);
    }

    [Fact]
    public void Checksums_are_those_of_RFC_3720()
    {
        Assert.Equal(0xE3069283u, Crc.Of("123456789"u8));
        var bytes = new byte[1000];
        new Rng(1).Fill(bytes);
        for (var cut = 0; cut < 40; cut++)
            Assert.Equal(Crc.Of(bytes), Crc.Of(bytes.AsSpan(cut), Crc.Of(bytes.AsSpan(0, cut))));
    }

    [Fact]
    public void Settings_beyond_their_limits_are_the_callers_mistake()
    {
        Assert.All(
            (LogSettings[])
            [
                LogLab.Small with { SegmentBytes = 4095 },
                LogLab.Small with { SegmentBytes = (1 << 30) + 1 },
                LogLab.Small with { WaitingBytesMax = 0 },
                LogLab.Small with { ReserveBytes = -1 },
                LogLab.Small with { PreallocateBytes = -1 },
                LogLab.Small with { DeadPercent = 0 },
                LogLab.Small with { RecentMax = -1 },
                LogLab.Small with { RecentMax = (1 << 24) + 1 },
            ],
            settings => Assert.Throws<ArgumentException>(() => DurableLog.Open(new MemoryLogDisk(), settings)));
    }

    // Three commits of one record.
    private static LogLab Three()
    {
        var lab = new LogLab();
        lab.Put("a", "1");
        lab.Commit();
        lab.Put("b", "2");
        lab.Commit();
        lab.Put("c", "four");
        lab.Commit();
        return lab;
    }

    // The second segment of three was compacted: its first number no longer tells where the first one ended.
    private static LogLab OneGone()
    {
        var lab = new LogLab();
        lab.Put("a", "1");
        lab.Put("b", "2");
        lab.Put("x", new string('x', 4200));
        lab.Commit();
        lab.Put("c", new string('x', 4200));
        lab.Commit();
        lab.Put("c", "3");
        lab.Commit();
        lab.Settle();
        Assert.Equal([Hint, First, "0000000003.segment"], lab.Memory.Files.Keys);
        return lab;
    }

    private static LogLab TwoSegments()
    {
        var lab = new LogLab();
        lab.Put("a", new string('x', 4200));
        lab.Commit();
        lab.Put("b", "2");
        lab.Commit();
        lab.Settle();
        Assert.Contains(Second, lab.Memory.Files.Keys);
        return lab;
    }
}
