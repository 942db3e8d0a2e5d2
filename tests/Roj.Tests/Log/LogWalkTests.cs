using System.Text;
using Roj.Log;
using Xunit;

namespace Roj.Tests.Log;

/// <summary>A walk through the keys in the order of their hashes.</summary>
public sealed class LogWalkTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3000, 1)]
    [InlineData(3000, 7)]
    [InlineData(3000, 10_000)]
    public void Each_key_that_has_a_value_is_met_once_in_the_order_of_hashes(int keys, int about)
    {
        var lab = Filled(keys);
        lab.Remove("k1");
        var walked = Walk(lab.Log, about, 3).ToList();
        Assert.Equal(Enumerable.Range(0, keys).Where(i => i != 1).Select(i => $"k{i}").Order(), walked.Select(KeyOf).Order());
        Assert.Equal(walked.Select(one => one.Hash).Order(), walked.Select(one => one.Hash));
        Assert.All(walked, one => Assert.Equal(lab.Log.HashOf(one.Key.Span), one.Hash));
        Assert.All(walked, one => Assert.Equal("val", Encoding.UTF8.GetString(one.Head.Span)));
    }

    [Fact]
    public void What_is_written_anew_meanwhile_or_moved_by_compaction_is_met_once_all_the_same()
    {
        var lab = Filled(1000);
        var met = new List<string>();
        for (ulong from = 0, last = 0; last < ulong.MaxValue; from = last + 1)
        {
            var walk = lab.Log.Walk(from, 20, 0);
            met.AddRange(walk.Records.Select(KeyOf));
            last = walk.Last;
            for (var i = 0; i < 10; i++)
                lab.Put($"k{(met.Count + (i * 97)) % 1000}", "another value");
            lab.Commit();
            lab.Log.Compact(1 << 16);
        }

        Assert.Equal(1000, met.Count);
        Assert.Equal(1000, met.Distinct().Count());
    }

    [Fact]
    public void A_part_has_about_as_many_as_were_asked_for_and_a_table_alone_at_most()
    {
        var lab = Filled(100_000, new LogSettings(0x5EED) { ReserveBytes = 0, PreallocateBytes = 0 });
        var parts = new List<int>();
        for (ulong from = 0, last = 0; last < ulong.MaxValue; from = last + 1)
        {
            var walk = lab.Log.Walk(from, 100, 0);
            parts.Add(walk.Records.Count);
            last = walk.Last;
        }

        Assert.InRange(parts.Max(), 100, 160);
        Assert.Equal(100_000, parts.Sum());
    }

    [Fact]
    public void Logs_with_one_seed_walk_in_one_order_whoever_owns_them()
    {
        LogLab[] labs = [.. new UInt128[] { 1, 2 }.Select(owner => Filled(300, LogLab.Small with { Owner = owner, HashSeed = 77 }))];
        Assert.Equal(Walk(labs[0].Log, 10, 0).Select(KeyOf), Walk(labs[1].Log, 10, 0).Select(KeyOf));
    }

    [Fact]
    public void Keys_of_one_group_stand_side_by_side_and_hints_of_before_are_made_anew()
    {
        var before = Filled(1000, LogLab.Small with { SegmentBytes = 4096 });
        before.Settle();
        var lab = new LogLab(before.Settings with { Grouped = (byte)'k' }, before.Disk);
        var walked = Walk(lab.Log, 10, 0).ToList();
        Assert.Equal(1000, walked.Count);
        Assert.All(walked.Where(one => one.Key.Length >= 3), one => Assert.Equal(one.Key.Span[2], (byte)(one.Hash >> 56)));
        Assert.Contains(walked, one => KeyOf(one) == "k7");
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal("value", lab.Get($"k{i}")));
    }

    [Fact]
    public void A_damaged_record_is_met_without_its_key()
    {
        var lab = new LogLab();
        lab.Put("a", "value a");
        lab.Put("b", "value b");
        lab.Commit();
        var file = lab.Memory.Files.Keys.Single();
        lab.Memory.Files[file][^1] ^= 1;
        var walked = Walk(lab.Log, 10, 100).ToList();
        Assert.Equal(["", "a"], walked.Select(KeyOf).Order());
        Assert.Equal(lab.Log.HashOf("b"u8), walked.Single(one => one.Key.IsEmpty).Hash);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(4097)]
    public void The_head_of_a_large_value_is_enough(int recordBytes)
    {
        var lab = new LogLab(LogLab.Small with { SegmentBytes = 1 << 20 });
        lab.Put("key", new string('v', recordBytes - 32 - 3));
        lab.Commit();
        var one = Assert.Single(Walk(lab.Log, 10, 5));
        Assert.Equal(("key", "vvvvv"), (KeyOf(one), Encoding.UTF8.GetString(one.Head.Span)));
    }

    private static LogLab Filled(int keys, LogSettings? settings = null)
    {
        var lab = new LogLab(settings);
        for (var i = 0; i < keys; i++)
            lab.Put($"k{i}", "value");
        if (keys > 0)
            lab.Commit();
        else
            lab.Put("k1", "value");
        return lab;
    }

    private static IEnumerable<LogWalked> Walk(DurableLog log, int about, int headBytes)
    {
        for (ulong from = 0, last = 0; last < ulong.MaxValue; from = last + 1)
        {
            var walk = log.Walk(from, about, headBytes);
            foreach (var one in walk.Records)
                yield return one;
            last = walk.Last;
        }
    }

    private static string KeyOf(LogWalked one) => Encoding.UTF8.GetString(one.Key.Span);
}
