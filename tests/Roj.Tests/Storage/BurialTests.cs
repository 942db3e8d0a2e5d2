using Roj.Node;
using Roj.Storage;
using Roj.Storage.Wire;
using Xunit;

namespace Roj.Tests.Storage;

/// <summary>Tombstones are dropped, and what was deleted stays deleted (decision 0050).</summary>
public sealed class BurialTests
{
    private static readonly TimeSpan hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    [InlineData(3, 3)]
    public void What_was_deleted_is_forgotten_after_a_while_and_not_before(int nodes, int copies)
    {
        var lab = new StoreLab(nodes, copies);
        lab.Set(1, "key", "value");
        lab.Set(1, "other", "value");
        Assert.True(lab.Delete(1, "key"));
        lab.Pass(100);
        Assert.Equal(Math.Min(nodes, copies), lab.Copies("key").Count(copy => copy == 'x'));
        lab.Pass(200);
        Assert.DoesNotContain('x', lab.Copies("key"));
        Assert.Equal((null, "value"), (lab.Get(1, "key"), lab.Get(nodes, "other")));
        Assert.Equal(1, Assert.IsType<StorageAnswer.Number>(lab.Ask(1, new StorageCall.Count(0))).Result);
        lab.Set(nodes, "key", "again");
        Assert.Equal("again", lab.Get(1, "key"));
        var told = lab.Said.Count(one => one.Message is StorageMessage.Put);
        lab.Pass(200); // and nothing is given by who compares
        Assert.Equal(told, lab.Said.Count(one => one.Message is StorageMessage.Put));
    }

    [Fact]
    public void What_has_ended_is_forgotten_though_nobody_reads_it()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        lab.Ask(1, new StorageCall.Write(StoreLab.Key(key), "value"u8.ToArray(), Expiry: Expiry.At(lab.Unix + 1000)));
        lab.Pass(400);
        Assert.Equal("- - -", lab.Copies(key));
    }

    [Fact]
    public void Nothing_is_forgotten_while_somebody_is_away()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        lab.Set(1, key, "value");
        lab.Stop(1);
        Assert.True(lab.Delete(2, key));
        lab.Pass(1000);
        Assert.Equal("- x x", lab.Copies(key));
        lab.Boot(1);
        lab.Pass(300);
        Assert.Equal("- - -", lab.Copies(key));
    }

    [Fact]
    public void Nothing_is_forgotten_while_an_owner_has_an_older_version()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        lab.Set(1, key, "value");
        new LogShelf(lab[3].Log!).Find(StoreLab.Key(key), out var old, out _);
        Assert.True(lab.Delete(1, key));
        foreach (var behind in (int[])[2, 3])
        {
            lab.Loses = (_, _, message) => message is StorageMessage.Parts or StorageMessage.Summary or StorageMessage.Want;
            Assert.True(new LogShelf(lab[behind].Log!).Keep(StoreLab.Key(key), old!)); // its tombstone is lost
            lab.Pass(1000);
            Assert.Equal(behind == 2 ? "- value x" : "- x value", lab.Copies(key));
            lab.Loses = (_, _, message) => message is StorageMessage.Bury;
            new LogShelf(lab[behind].Log!).Keep(StoreLab.Key(key), TombstoneAt(lab, 5 - behind, key));
        }

        lab.Loses = (_, _, _) => false;
        lab.Pass(300);
        Assert.Equal("- - -", lab.Copies(key));
    }

    [Fact]
    public void Nothing_is_forgotten_while_a_hint_is_out()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        lab.Stop(2);
        lab.Set(1, key, "value"); // node 1 has a hint for 2
        lab.Loses = (from, to, message) => (from, to) == (1, 2) && message is StorageMessage.Put; // which does not go through
        lab.Boot(2);
        lab.Pass(40); // by comparing
        Assert.Equal("- value value", lab.Copies(key));
        Assert.True(lab.Delete(3, key));
        lab.Pass(1000);
        Assert.Equal((1L, "- x x"), (lab[1].Shell!.Store.Hints, lab.Copies(key)));
        lab.Loses = (_, _, _) => false;
        lab.Pass(400);
        Assert.Equal((0L, "- - -"), (lab[1].Shell!.Store.Hints, lab.Copies(key)));
    }

    [Fact]
    public void Nothing_is_forgotten_while_an_older_version_is_to_be_handed_on()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        lab.Set(1, key, "value");
        new LogShelf(lab[3].Log!).Find(StoreLab.Key(key), out var old, out _);
        Assert.True(lab.Delete(1, key));
        lab.Loses = (from, _, message) => from == 1 && message is StorageMessage.Put;
        lab.Say(2, 1, new StorageMessage.Put(0, StoreLab.Key(key), old!, (ulong)lab.Unix << 16)); // by an earlier map
        lab.Pass(1000);
        Assert.Equal("value x x", lab.Copies(key));
        lab.Loses = (_, _, _) => false;
        lab.Pass(400);
        Assert.Equal("- - -", lab.Copies(key));
    }

    [Fact]
    public void All_are_asked_once_more_after_the_pause()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        lab.Set(1, key, "value");
        new LogShelf(lab[3].Log!).Find(StoreLab.Key(key), out var old, out _);
        Assert.True(lab.Delete(1, key));
        lab.Pass(100); // all were asked once
        Assert.Contains(lab.Said, one => one.Message is StorageMessage.Buried { Hashes.Count: 1 });
        lab.Loses = (_, _, message) => message is StorageMessage.Parts or StorageMessage.Summary or StorageMessage.Want;
        var other = lab.Said.Last(one => one.Message is StorageMessage.Buried { Hashes.Count: 1 }).From;
        new LogShelf(lab[other].Log!).Keep(StoreLab.Key(key), old!);
        lab.Pass(100);
        Assert.Equal(other == 3 ? "- x value" : "- value x", lab.Copies(key));
    }

    [Fact]
    public void What_was_on_its_way_for_too_long_is_not_taken()
    {
        var lab = new StoreLab(2);
        lab.Set(1, "key", "value");
        new LogShelf(lab[2].Log!).Find(StoreLab.Key("key"), out var old, out _);
        var late = new StorageMessage.Put(0, StoreLab.Key("key"), old!, old!.Stamp.Time + 1);
        lab.Delete(1, "key");
        lab.Pass(300);
        Assert.Equal("- -", lab.Copies("key"));
        lab.Say(1, 2, late);
        lab.Say(1, 2, late with { Id = 5 });
        lab.Say(1, 2, late with { Id = 6, Time = old.Stamp.Time });
        lab.Say(1, 2, new StorageMessage.Hint(7, StoreLab.Id(1), StoreLab.Key("key"), old));
        Assert.Equal(("- -", 0L), (lab.Copies("key"), lab[2].Shell!.Store.Hints));
        Assert.Equal(
            ["Unable", "Newer", "Newer"],
            lab.Said.Where(one => (one.From, one.To) == (2, 1)).TakeLast(3).Select(one => one.Message.GetType().Name));
        lab.Say(1, 2, late with { Time = (ulong)lab.Unix << 16 }); // who has read it just now has it
        Assert.Equal("- value", lab.Copies("key"));
    }

    [Fact]
    public void A_clock_does_not_go_back_behind_what_was_dropped_by_it()
    {
        var lab = new StoreLab(2);
        lab.Set(1, "key", "value");
        new LogShelf(lab[2].Log!).Find(StoreLab.Key("key"), out var old, out _);
        lab.Delete(1, "key");
        lab.Pass(300);
        lab.Stop(1);
        lab.Stop(2);
        lab[2].Offset = -3_600_000;
        lab.Boot(2);
        lab.Say(1, 2, new StorageMessage.Put(0, StoreLab.Key("key"), old!, old!.Stamp.Time));
        Assert.Equal("- -", lab.Copies("key"));
    }

    [Fact]
    public void Who_was_told_to_be_gone_and_is_done_without_throws_away_what_he_has()
    {
        var lab = new StoreLab(3);
        string[] keys = [.. Enumerable.Range(0, 50).Select(i => $"key{i}")];
        foreach (var key in keys)
            lab.Set(1, key, "value");
        lab.Stop(3);
        lab.Forget(3);
        lab.Pass(60);
        foreach (var key in keys.Take(25))
            Assert.True(lab.Delete(1, key));
        lab.Pass(hour.TotalSeconds - 120);
        Assert.All(keys.Take(25), key => Assert.Contains("x x", lab.Copies(key), StringComparison.Ordinal)); // he could come back
        lab.Pass(600);
        Assert.All(keys.Take(25), key => Assert.DoesNotContain('x', lab.Copies(key)));
        Assert.Contains(keys.Take(25), key => lab.Copies(key).EndsWith("value", StringComparison.Ordinal)); // on his disk
        lab.Gone.Clear();
        lab.Boot(3);
        Assert.All(keys.Take(25), key => Assert.Null(lab.Get(1, key)));
        lab.Pass(120);
        Assert.All(keys.Take(25), key => Assert.Equal("- - -", lab.Copies(key)));
        Assert.All(keys.Skip(25), key => Assert.Equal(2, lab.Copies(key).Split(' ').Count(copy => copy == "value")));
        Assert.Contains(StoreLab.Id(3), lab[1].Shell!.Store.Map!.Nodes);
        Assert.Single(lab[3].Events.OfType<StorageEvent.Emptied>());
    }

    [Fact]
    public void Who_was_told_to_be_gone_and_comes_back_soon_keeps_what_he_has()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        lab.Stop(2);
        lab.Stop(3);
        lab.Set(1, key, "value"); // hints alone
        lab.Boot(2);
        lab.Pass(5);
        Assert.Equal("- value -", lab.Copies(key));
        lab.Stop(2);
        lab.Forget(2);
        lab.Boot(3);
        lab.Pass(1000);
        lab.Gone.Clear();
        lab.Boot(2);
        lab.Pass(120);
        Assert.Equal("value", lab.Get(1, key));
        Assert.Empty(lab[2].Events.OfType<StorageEvent.Emptied>());
    }

    [Fact]
    public void Who_is_not_in_the_map_keeps_no_hints()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        lab.Stop(2);
        lab.Nodes.Add(new StoreLab.Member { Number = 4 });
        lab.Boot(4);
        lab.Loses = (_, to, message) => to == 4 && message is StorageMessage.MapIs; // so it does not hear of the one that it is in
        lab.Pass(6);
        lab.Begin(4, new StorageCall.Write(StoreLab.Key(key), "value"u8.ToArray()));
        Assert.Equal((0L, 1L), (lab[4].Shell!.Store.Hints, lab[1].Shell!.Store.Hints));
    }

    private static Entry TombstoneAt(StoreLab lab, int node, string key) =>
        new LogShelf(lab[node].Log!).Find(StoreLab.Key(key), out var entry, out _) is ShelfFinding.Found
            ? entry! : throw new InvalidOperationException();
}
