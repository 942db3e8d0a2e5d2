using Roj.Storage;
using Roj.Storage.Wire;
using Xunit;

namespace Roj.Tests.Storage;

/// <summary>The seed's storage: what is written stays, whoever is stopped, started, cut off or wiped.</summary>
public sealed class StoreTests
{
    [Fact]
    public void What_is_set_is_there_at_every_node_under_as_many_copies_as_stated()
    {
        var lab = new StoreLab(3);
        for (var i = 0; i < 50; i++)
            lab.Set(1 + (i % 3), $"key{i}", $"value{i}");
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal($"value{i}", lab.Get(1 + ((i + 1) % 3), $"key{i}"));
            Assert.Equal(2, lab.Copies($"key{i}").Split(' ').Count(copy => copy == $"value{i}"));
        }

        Assert.Null(lab.Get(1, "another"));
        Assert.Equal(50, Assert.IsType<StorageAnswer.Number>(lab.Ask(2, new StorageCall.Count(0))).Result);
    }

    [Fact]
    public void A_node_alone_has_it_all()
    {
        var lab = new StoreLab(1);
        lab.Set(1, "a", "1");
        Assert.Equal("1", lab.Get(1, "a"));
        lab.Stop(1);
        lab.Boot(1);
        Assert.Equal("1", lab.Get(1, "a"));
        Assert.True(lab.Delete(1, "a"));
        Assert.False(lab.Delete(1, "a"));
        Assert.Null(lab.Get(1, "a"));
    }

    [Fact]
    public void What_is_durable_is_told_while_something_else_is_written_and_nothing_else_is()
    {
        var lab = new StoreLab(1);
        lab.Set(1, "a", "1");
        var (node, at) = (lab[1], new Moment(lab.Now, lab.Unix));
        Assert.Equal([], Told(901, new StorageCall.Write(StoreLab.Key("b"), "2"u8.ToArray())));
        Assert.Equal([902UL], Told(902, new StorageCall.Read(StoreLab.Key("a"))));
        Assert.Equal([903UL], Told(903, new StorageCall.Read(StoreLab.Key("c"))));
        Assert.Equal([], Told(904, new StorageCall.Read(StoreLab.Key("b"))));
        var commit = node.Shell!.BeginCommit()!;
        Assert.Equal([], Told(905, new StorageCall.Read(StoreLab.Key("b")))); // it may be on the disk, or not
        Assert.Equal([], Told(906, new StorageCall.Delete(StoreLab.Key("a"))));
        Assert.Equal([], Told(907, new StorageCall.Read(StoreLab.Key("a"))));
        commit.Write(node.Disk);
        commit.Sync(node.Disk);
        node.Shell.EndCommit(at, commit);
        Assert.Equal([901UL, 904UL, 905UL], Taken());
        Assert.Equal([908UL], Told(908, new StorageCall.Read(StoreLab.Key("b"))));
        Assert.Equal([], Told(909, new StorageCall.Read(StoreLab.Key("a"))));

        ulong[] Told(ulong id, StorageCall call)
        {
            node.Shell!.Store.Ask(at, id, call, node.Shell.Outbox);
            node.Shell.Drain(at);
            return Taken();
        }

        ulong[] Taken()
        {
            List<ulong> ids = [];
            while (node.Shell!.TryTakeAnswer(out var answer))
                ids.Add(answer!.Call);
            return [.. ids];
        }
    }

    [Fact]
    public void Early_correction_by_the_table()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        lab.Stop(2);
        lab.Set(1, key, "value"); // asked for at node 1, which keeps a hint for 2
        Assert.Equal((1L, "- - value"), (lab[1].Shell!.Store.Hints, lab.Copies(key)));
        lab.Boot(2);
        lab.Pass(0.5);
        Assert.Equal((0L, "- value value"), (lab[1].Shell!.Store.Hints, lab.Copies(key)));
    }

    [Fact]
    public void Early_correction_by_the_buffer_when_all_servers_of_a_key_are_down()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        lab.Stop(2);
        lab.Stop(3);
        lab.Set(1, key, "value");
        Assert.Equal(StorageFault.NoServer, Assert.IsType<StorageAnswer.Failed>(lab.Ask(1, new StorageCall.Read(StoreLab.Key(key)))).Fault);
        lab.Stop(1); // table and buffer are on the disk
        lab.Boot(1);
        lab.Boot(3);
        lab.Pass(0.5);
        Assert.Equal("- - value", lab.Copies(key));
        lab.Boot(2);
        lab.Pass(0.5);
        Assert.Equal(("- value value", 0L), (lab.Copies(key), lab[1].Shell!.Store.Hints));
        Assert.Equal("value", lab.Get(1, key));
    }

    [Fact]
    public void Late_correction_by_reading()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        lab.Set(1, key, "value");
        new Roj.Node.LogShelf(lab[3].Log!).Drop(StoreLab.Key(key)); // it died as it wrote, and nobody knows
        Assert.Equal("- value -", lab.Copies(key));
        Assert.Equal("value", lab.Get(1, key));
        lab.Pass(0.1);
        Assert.Equal("- value value", lab.Copies(key));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(5000)] // of such records the beginning is read without the rest
    public void A_copy_that_is_damaged_is_made_good_by_reading(int length)
    {
        var lab = new StoreLab(2);
        var value = "sound".PadRight(length, '.');
        lab.Set(1, "key", value);
        foreach (var file in lab[2].Disk.Files.Values)
        {
            for (var at = file.AsSpan().IndexOf("sound"u8); at >= 0; at = file.AsSpan().IndexOf("sound"u8))
                file[at] = (byte)'m';
        }

        Assert.Equal(value, lab.Get(2, "key"));
        lab.Stop(1);
        lab.Pass(10);
        Assert.Equal(value, lab.Get(2, "key"));
    }

    [Fact]
    public void What_nobody_reads_is_corrected_by_comparing()
    {
        var lab = new StoreLab(3);
        string[] keys = [.. Enumerable.Range(0, 200).Select(i => $"key{i}")];
        foreach (var key in keys)
            lab.Set(1, key, "old");
        lab.Pass(40); // digests are built, and alike
        lab.Loses = (_, to, message) => to == 3 && message is StorageMessage.Put;
        foreach (var key in keys.Take(100))
            lab.Begin(1, new StorageCall.Write(StoreLab.Key(key), "new"u8.ToArray()));
        lab.Pass(10);
        lab.Loses = (_, _, message) => message is StorageMessage.Put { Id: not 0 }; // hints don't come through, only comparing does
        Assert.Contains(keys.Take(100), key => lab.Copies(key).Contains("old", StringComparison.Ordinal));
        lab.Pass(60);
        Assert.All(keys.Take(100), key => Assert.DoesNotContain("old", lab.Copies(key), StringComparison.Ordinal));
        Assert.All(keys.Skip(100), key => Assert.DoesNotContain("new", lab.Copies(key), StringComparison.Ordinal));
    }

    [Fact]
    public void A_deleted_key_stays_deleted_whoever_comes_back()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        lab.Set(1, key, "value");
        lab.Stop(2);
        Assert.True(lab.Delete(1, key));
        lab.Boot(2);
        lab.Pass(1);
        Assert.Equal("- x x", lab.Copies(key));
        Assert.Null(lab.Get(2, key));
        Assert.Empty(lab.Keys(1));
    }

    [Fact]
    public void A_wall_clock_an_hour_ahead_does_not_have_its_writes_outlive_later_ones()
    {
        var lab = new StoreLab(3);
        lab[2].Offset = 3_600_000;
        lab[3].Offset = -3_600_000;
        foreach (var key in (string[])[lab.KeyOf(1, 2), lab.KeyOf(2, 3), lab.KeyOf(1, 3)])
        {
            lab.Set(2, key, "first");
            lab.Set(3, key, "second");
            Assert.Equal("second", lab.Get(1, key));
            lab.Set(1, key, "third");
            Assert.Equal("third", lab.Get(3, key));
            Assert.True(lab.Delete(3, key));
            Assert.Null(lab.Get(2, key));
        }

        lab.Pass(10); // whatever was asked twice is forgotten when it is answered
        Assert.All(lab.Nodes, node => Assert.Equal(0, node.Shell!.Store.Calls));
    }

    [Fact]
    public void Databases_are_apart()
    {
        var lab = new StoreLab(2);
        lab.Set(1, "key", "zero");
        lab.Set(1, "key", "seven", database: 7);
        lab.Set(1, "other", "seven", database: 7);
        Assert.Equal(("zero", "seven", null), (lab.Get(2, "key"), lab.Get(2, "key", 7), lab.Get(2, "other")));
        Assert.Equal(["key"], lab.Keys(2));
        Assert.Equal(["key", "other"], lab.Keys(2, database: 7));
        Assert.Equal(StorageAnswer.Done.Yes, lab.Ask(1, new StorageCall.Clear(7)));
        Assert.Equal(("zero", null), (lab.Get(2, "key"), lab.Get(2, "key", 7)));
        Assert.Empty(lab.Keys(1, database: 7));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void A_listing_has_every_key_whoever_dies_meanwhile(int batch)
    {
        var lab = new StoreLab(3);
        string[] keys = [.. Enumerable.Range(0, 300).Select(i => $"key{i}").Order(StringComparer.Ordinal)];
        foreach (var key in keys)
            lab.Set(1, key, "value");
        List<string> seen = [];
        var (pages, cursor) = (0, 0UL);
        do
        {
            if (++pages == 3)
                lab.Stop(2);
            var page = Assert.IsType<StorageAnswer.Keys>(lab.Ask(1, new StorageCall.List(0, cursor, batch)));
            seen.AddRange(page.Names.Select(name => System.Text.Encoding.UTF8.GetString(name.Span)));
            cursor = page.Next;
        }
        while (cursor != 0);
        Assert.Equal(keys, seen.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(keys, lab.Keys(3, batch));
        Assert.Single(Assert.IsType<StorageAnswer.Keys>(lab.Ask(1, new StorageCall.AnyKey(0))).Names);
        Assert.Empty(Assert.IsType<StorageAnswer.Keys>(lab.Ask(1, new StorageCall.AnyKey(1))).Names);
    }

    [Fact]
    public void A_key_ends_at_its_time_and_its_end_is_kept()
    {
        var lab = new StoreLab(2);
        var at = lab.Unix + 10_000;
        Assert.Equal(
            StorageAnswer.Done.Yes, lab.Ask(1, new StorageCall.Write(StoreLab.Key("key"), "value"u8.ToArray(), Expiry: Expiry.At(at))));
        Assert.Equal(at, Assert.IsType<StorageAnswer.Value>(lab.Ask(2, new StorageCall.Read(StoreLab.Key("key")))).ExpiresAt);
        lab.Unix = at - 1;
        Assert.Equal("value", lab.Get(2, "key"));
        lab.Unix = at;
        Assert.Null(lab.Get(2, "key"));
        Assert.Equal("x x", lab.Copies("key"));
        lab.Unix -= 60_000; // the wall clock is set back: it stays gone
        Assert.Null(lab.Get(1, "key"));
    }

    [Fact]
    public void A_node_that_joins_is_given_its_share_and_nothing_is_missed_meanwhile()
    {
        var lab = new StoreLab(2);
        string[] keys = [.. Enumerable.Range(0, 200).Select(i => $"key{i}")];
        foreach (var key in keys)
            lab.Set(1, key, key);
        lab.Nodes.Add(new StoreLab.Member { Number = 3 });
        lab.Boot(3);
        lab.Pass(2.01); // there is another map
        Assert.Contains(StoreLab.Id(3), lab[3].Shell!.Store.Map!.Nodes);
        Assert.All(keys, key => Assert.Equal(key, lab.Get(3, key)));
        lab.Pass(30);
        Assert.All(keys, key => Assert.Equal(2, lab.Copies(key).Split(' ').Count(copy => copy == key)));
        Assert.All(lab.Nodes, node => Assert.True(node.Shell!.Store.Held.IsEmpty));
        Assert.All(Enumerable.Range(0, 256), slot => Assert.Empty(lab[1].Shell!.Store.Map!.FormersOf(slot)));
    }

    [Fact]
    public void What_a_node_is_given_by_an_earlier_map_it_hands_on()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        var late = new Entry(new Stamp(1 << 20, StoreLab.Id(2), 1), "late"u8.ToArray());
        lab.Say(2, 1, new StorageMessage.Put(0, StoreLab.Key(key), late, (ulong)lab.Unix << 16));
        Assert.Equal("late - -", lab.Copies(key));
        lab.Pass(20);
        Assert.Equal("- late late", lab.Copies(key));
        Assert.All(lab.Nodes, node => Assert.True(node.Shell!.Store.Held.IsEmpty));
    }

    [Fact]
    public void Answers_to_an_earlier_start_are_none_to_a_later_one()
    {
        var lab = new StoreLab(2);
        lab[2].Writes = false;
        lab.Begin(1, new StorageCall.Write(StoreLab.Key("one"), "1"u8.ToArray()));
        lab.Stop(1);
        lab.Boot(1);
        lab.Loses = (_, _, message) => message is StorageMessage.Put;
        var other = lab.Begin(1, new StorageCall.Write(StoreLab.Key("other"), "2"u8.ToArray()));
        lab[2].Writes = true; // the answer to the first comes
        lab.Pass(0.1);
        Assert.Null(lab.AnswerTo(other));
    }

    [Fact]
    public void Who_was_alone_and_has_the_later_map_is_not_given_all_the_copies_there_are()
    {
        var lab = new StoreLab(0);
        for (var i = 1; i <= 4; i++)
        {
            lab.Nodes.Add(new StoreLab.Member { Number = i, IsApart = i < 4 });
            lab.Boot(i);
        }

        lab.Pass(10);
        string[] keys = [.. Enumerable.Range(0, 20).Select(i => $"key{i}")];
        foreach (var key in keys)
            lab.Set(1, key, key);
        lab.Leadership = 4;
        lab.Apart();
        for (var i = 0; i < 100; i++)
        {
            lab.Pass(0.1);
            Assert.All(
                keys, key => Assert.True(lab.Copies(key).Split(' ').Count(copy => copy == key) >= 2, $"{lab.Now}: {lab.Copies(key)}"));
        }

        Assert.Equal(4, lab[1].Shell!.Store.Map!.Nodes.Count);
        Assert.All(keys, key => Assert.Equal(2, lab.Copies(key).Split(' ').Count(copy => copy == key)));
    }

    [Fact]
    public void What_is_not_durable_yet_is_not_acknowledged_nor_read()
    {
        var lab = new StoreLab(1);
        lab[1].Writes = false;
        var write = lab.Begin(1, new StorageCall.Write(StoreLab.Key("key"), "value"u8.ToArray()));
        var read = lab.Begin(1, new StorageCall.Read(StoreLab.Key("key")));
        lab.Pass(1);
        Assert.Null(lab.AnswerTo(write));
        Assert.Null(lab.AnswerTo(read));
        lab[1].Writes = true;
        lab.Pass(0.01);
        Assert.Equal(StorageAnswer.Done.Yes, lab.AnswerTo(write));
        Assert.NotNull(lab.AnswerTo(read));
    }

    [Fact]
    public void What_others_keep_is_not_acknowledged_before_it_is_durable_there()
    {
        var lab = new StoreLab(3);
        lab[2].Writes = lab[3].Writes = false;
        var write = lab.Begin(1, new StorageCall.Write(StoreLab.Key(lab.KeyOf(2, 3)), "value"u8.ToArray()));
        Assert.Null(lab.AnswerTo(write));
        lab[2].Writes = lab[3].Writes = true;
        lab.Pass(0.01);
        Assert.Equal(StorageAnswer.Done.Yes, lab.AnswerTo(write));
    }

    [Fact]
    public void A_listing_goes_on_behind_what_all_have_told_not_behind_what_one_has()
    {
        var lab = new StoreLab(2);
        // Some in each part of the index.
        string[] keys = [.. Enumerable.Range(0, 2000).Select(i => $"key{i}").Order(StringComparer.Ordinal)];
        foreach (var key in keys)
            lab.Set(1, key, "value");
        lab.Stop(2);
        lab.Wipe(2);
        lab.Loses = (_, to, message) => to == 2 && message is StorageMessage.Put;
        lab.Boot(2); // it has nothing, and is asked nevertheless: its parts reach further
        Assert.Equal(keys, lab.Keys(1, batch: 1));
    }

    [Fact]
    public void What_reads_before_it_writes_is_refused_with_the_reason()
    {
        var lab = new StoreLab(1);
        var key = StoreLab.Key("key");
        StorageCall[] calls =
        [
            new StorageCall.Add(key, 1), new StorageCall.Append(key, "x"u8.ToArray()), new StorageCall.Expire(key, 1),
            new StorageCall.Delete(key, ReturnsOld: true), new StorageCall.Write(key, "x"u8.ToArray(), ReturnsOld: true),
            new StorageCall.Write(key, "x"u8.ToArray(), WriteCondition.IfAbsent),
            new StorageCall.Write(key, "x"u8.ToArray(), Expiry: Expiry.Keep),
        ];
        foreach (var call in calls)
            Assert.Equal(StorageFault.NotInThisMode, Assert.IsType<StorageAnswer.Failed>(lab.Ask(1, call)).Fault);
    }

    [Fact]
    public void An_owner_that_does_not_answer_is_not_waited_for_for_long_and_a_hint_counts_for_it()
    {
        var lab = new StoreLab(3);
        var key = lab.KeyOf(2, 3);
        lab.Loses = (from, _, _) => from == 3;
        var before = lab.Now;
        lab.Set(1, key, "value");
        Assert.InRange(lab.Now - before, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.8));
        Assert.Equal(1, lab[1].Shell!.Store.Hints);
        Assert.Equal("value", lab.Get(1, key));
    }
}
