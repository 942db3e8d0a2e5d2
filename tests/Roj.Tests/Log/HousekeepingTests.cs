using Roj.Log;
using Xunit;

namespace Roj.Tests.Log;

public sealed class HousekeepingTests
{
    [Fact]
    public void A_segment_that_is_half_dead_goes_and_what_counted_in_it_stays()
    {
        var lab = Filled(keys: 40, rounds: 5);
        Assert.True(lab.Log.Figures.Segments > 5);
        lab.Settle();
        var figures = lab.Log.Figures;
        Assert.True(figures.DeadBytes <= figures.LiveBytes + 4096, $"{figures}");
        Assert.Equal(figures.Segments, lab.Memory.Files.Keys.Count(name => name.EndsWith(".segment", StringComparison.Ordinal)));
        for (var round = 0; round < 2; round++, lab.Open())
        {
            for (var key = 0; key < 40; key++)
                Assert.StartsWith($"{key}/4/", lab.Get($"k{key}"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sealed_segments_have_hints_and_reopening_reads_no_values_of_theirs()
    {
        var lab = Filled(keys: 100, rounds: 1);
        lab.Settle();
        var segments = lab.Memory.Files.Keys.Where(name => name.EndsWith(".segment", StringComparison.Ordinal)).ToList();
        var hints = lab.Memory.Files.Keys.Where(name => name.EndsWith(".hint", StringComparison.Ordinal)).ToList();
        Assert.Equal(segments.SkipLast(1).Select(name => name[..10]), hints.Select(name => name[..10]));
        lab.Memory.BytesRead.Clear();
        lab.Open();
        Assert.All(segments.SkipLast(1), name => Assert.Equal(44, lab.Memory.BytesRead[name])); // the header
        Assert.Equal(100, lab.Log.Figures.Keys);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(-1)]
    public void A_hint_that_is_absent_or_damaged_is_made_anew(int damageAt)
    {
        var lab = Filled(keys: 100, rounds: 1);
        lab.Settle();
        const string Hint = "0000000001.hint";
        var right = lab.Memory.Files[Hint].ToArray();
        if (damageAt < 0)
            lab.Memory.Files.Remove(Hint);
        else
            lab.Memory.Files[Hint][damageAt] ^= 1;
        lab.Open();
        Assert.Equal(100, lab.Log.Figures.Keys);
        lab.Settle();
        Assert.Equal(right, lab.Memory.Files[Hint]);
    }

    [Fact]
    public void A_segment_goes_only_when_the_one_before_it_has_a_hint()
    {
        var lab = new LogLab();
        for (var key = 0; key < 10; key++)
            lab.Put($"k{key}", "1");
        lab.Put("x", new string('x', 4200));
        lab.Commit();
        for (var round = 0; round < 2; round++)
        {
            lab.Put("c", new string('x', 4200));
            lab.Commit();
        }

        while (lab.Log.Compact(budgetBytes: 1) || lab.Log.IsDirty)
        {
            if (lab.Log.IsDirty)
                lab.Commit();
            var files = lab.Memory.Files.Keys;
            Assert.True(files.Contains("0000000002.segment") || files.Contains("0000000001.hint"), string.Join(", ", files));
        }

        Assert.DoesNotContain("0000000002.segment", lab.Memory.Files.Keys);
    }

    [Fact]
    public void Removed_keys_stay_removed_and_their_tombstones_go_in_the_end()
    {
        var lab = new LogLab();
        for (var i = 0; i < 3000; i++)
            lab.Put($"key{i}", $"{i}");
        lab.Commit();
        for (var i = 0; i < 3000; i++)
        {
            lab.Remove($"key{i}");
            if (i % 50 == 0)
                lab.Commit();
        }

        for (var i = 0; i < 4; i++)
        {
            lab.Put($"fresh{i}", new string('x', 4096));
            lab.Commit();
        }

        lab.Settle();
        Assert.True(lab.Log.Figures.Tombstones < 1000, $"{lab.Log.Figures}");
        lab.Open();
        Assert.Equal(4, lab.Log.Figures.Keys);
        for (var i = 0; i < 3000; i++)
            Assert.Null(lab.Get($"key{i}"));
    }

    [Fact]
    public void On_a_disk_that_is_full_to_the_last_byte_dead_segments_make_room()
    {
        var lab = new LogLab();
        for (var round = 0; round < 4; round++)
        {
            lab.Put("a", new string((char)('a' + round), 4096));
            lab.Commit();
        }

        lab.Memory.Capacity = lab.Memory.Files.Values.Sum(f => f.Length);
        lab.Put("b", new string('b', 4096));
        Assert.Equal(LogStatus.Full, lab.Commit());
        for (var i = 0; i < 20 && lab.Log.IsFull; i++)
        {
            lab.Log.Compact(10_000);
            lab.Commit();
        }

        Assert.False(lab.Log.IsFull);
        lab.Open();
        Assert.StartsWith("ddd", lab.Get("a"), StringComparison.Ordinal);
        Assert.StartsWith("bbb", lab.Get("b"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_with_damage_in_what_counts_is_never_deleted()
    {
        var lab = Filled(keys: 10, rounds: 1);
        for (var i = 1; i < 10; i++)
            lab.Put($"k{i}", new string('y', 1000));
        lab.Commit();
        lab.Memory.Files["0000000001.segment"][44 + 32 + 10] ^= 1;
        lab.Settle();
        Assert.Equal("?", lab.Get("k0"));
        Assert.Contains("0000000001.segment", lab.Memory.Files.Keys);
        lab.Put("k0", "healed");
        Assert.Equal("healed", lab.Get("k0"));
    }

    [Fact]
    public void A_listing_misses_nothing_that_compaction_moves_meanwhile()
    {
        var lab = Filled(keys: 60, rounds: 4);
        var seen = new SortedSet<string>();
        var cursor = LogCursor.Start;
        for (var isLast = false; !isLast;)
        {
            var page = lab.Log.List(cursor, 2);
            foreach (var key in page.Keys)
                seen.Add(System.Text.Encoding.UTF8.GetString(key.Span));
            (cursor, isLast) = (page.Next, page.IsLast);
            lab.Log.Compact(2000);
            if (lab.Log.IsDirty)
                lab.Commit();
        }

        Assert.Equal(60, seen.Count);
    }

    private static LogLab Filled(int keys, int rounds)
    {
        var lab = new LogLab();
        for (var round = 0; round < rounds; round++)
        {
            for (var key = 0; key < keys; key++)
            {
                lab.Put($"k{key}", $"{key}/{round}/{new string('x', 150)}");
                if (key % 8 == 0)
                    lab.Commit();
            }
        }

        lab.Commit();
        return lab;
    }
}
