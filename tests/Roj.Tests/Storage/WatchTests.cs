using System.Text;
using Roj.Storage;
using Roj.Storage.Wire;
using Xunit;

namespace Roj.Tests.Storage;

/// <summary>Who watches hears what changes, at whatever node, once; and where he may have missed something, that he may.</summary>
public sealed class WatchTests
{
    private static readonly WatchFilter all = new(null, Array.Empty<byte>());

    [Fact]
    public void A_change_at_any_node_is_told_once_to_who_watches_at_any_other()
    {
        var lab = new StoreLab(4);
        Watch(lab, 4, all);
        Watch(lab, 2, all);
        lab.Set(1, "key", "one");
        lab.Pass(0.1);
        lab.Set(2, "key", "two", database: 3);
        lab.Pass(0.1);
        Assert.True(lab.Delete(3, "key"));
        lab.Pass(0.1);
        lab.Ask(1, new StorageCall.Write(StoreLab.Key("short"), "x"u8.ToArray(), Expiry: Expiry.At(lab.Unix + 5000)));
        lab.Pass(6);
        Assert.Null(lab.Get(1, "short"));
        lab.Pass(60); // compared, counted, nothing is told twice
        string[] expected = ["0 key Set", "3 key Set", "0 key Deleted", "0 short Set", "0 short Expired"];
        Assert.Equal(expected, Told(lab, 4));
        Assert.Equal(expected, Told(lab, 2));
        Assert.Empty(Told(lab, 1));
    }

    [Fact]
    public void Only_what_is_wanted_is_told_and_nothing_when_nothing_is()
    {
        var lab = new StoreLab(2);
        Watch(lab, 1, new WatchFilter(2, "user:"u8.ToArray()), new WatchFilter(3, default));
        lab.Set(2, "user:1", "x", database: 2);
        lab.Set(2, "other", "x", database: 2);
        lab.Set(2, "user:1", "x");
        lab.Set(2, "other", "x", database: 3);
        lab.Pass(1);
        Assert.Equal(["2 user:1 Set", "3 other Set"], Told(lab, 1));
        Watch(lab, 1);
        var said = lab.Said.Count(one => one.Message is StorageMessage.Changes or StorageMessage.Watch);
        lab.Set(2, "user:1", "y", database: 2);
        lab.Pass(60);
        Assert.Equal(2, Told(lab, 1).Length);
        Assert.Equal(said, lab.Said.Count(one => one.Message is StorageMessage.Changes or StorageMessage.Watch));
    }

    [Fact]
    public void What_is_given_to_a_new_owner_has_not_changed()
    {
        var lab = new StoreLab(2);
        for (var i = 0; i < 50; i++)
            lab.Set(1, $"key{i}", "value");
        lab.Pass(120);
        Watch(lab, 1, all);
        lab.Nodes.Add(new StoreLab.Member { Number = 3 });
        lab.Boot(3);
        lab.Pass(60);
        Assert.Contains(Enumerable.Range(0, 50), i => lab.OwnersOf($"key{i}").Contains(3));
        Assert.Empty(Told(lab, 1));
        lab.Set(2, "key1", "another"); // and who is new tells too
        lab.Pass(1);
        Assert.Equal(["0 key1 Set"], Told(lab, 1));
    }

    [Theory]
    [InlineData(StorageMessage.Changes.ItemsMax, 10, 0)]
    [InlineData(StorageMessage.Changes.ItemsMax + 1, 10, 1)]
    [InlineData(4, StorageLimits.KeyBytesMax, 0)]
    [InlineData(5, StorageLimits.KeyBytesMax, 1)]
    public void What_does_not_fit_is_counted_and_nobody_waits(int keys, int length, int missed)
    {
        var lab = new StoreLab(1);
        Watch(lab, 1, all);
        lab.Set(1, "first", "x");
        lab.Pass(0.1);
        for (var i = 0; i < keys; i++)
            lab.Begin(1, new StorageCall.Write(StoreLab.Key($"{i}".PadRight(length, 'x')), "x"u8.ToArray()));
        lab.Pass(5);
        Assert.Equal(1 + keys - missed, Told(lab, 1).Length);
        Assert.Equal(missed, lab[1].Events.OfType<StorageEvent.ChangesMissed>().Sum(one => one.Count));
    }

    [Fact]
    public void A_word_that_is_lost_and_a_node_that_starts_again_are_noticed()
    {
        var lab = new StoreLab(3, copies: 1);
        var key = lab.KeyOf(2);
        Watch(lab, 1, all);
        lab.Set(3, key, "one");
        lab.Pass(1);
        Assert.Equal([$"0 {key} Set"], Told(lab, 1));
        Assert.Empty(lab[1].Events.OfType<StorageEvent.ChangesMissed>());
        lab.Loses = (_, _, message) => message is StorageMessage.Changes;
        lab.Set(3, key, "two");
        lab.Pass(1);
        lab.Loses = (_, _, _) => false;
        lab.Set(3, key, "three");
        lab.Pass(5);
        Assert.Equal(2, Told(lab, 1).Length);
        Assert.Equal([1L], Missed(lab));
        lab.Stop(2);
        Assert.Equal([1L, 0L], Missed(lab));
        lab.Boot(2);
        lab.Pass(5);
        Assert.Equal([1L, 0L, 1L], Missed(lab));
        lab.Set(3, key, "four");
        lab.Pass(1);
        Assert.Equal(3, Told(lab, 1).Length);
    }

    [Fact]
    public void Who_does_not_ask_again_is_told_no_more()
    {
        var lab = new StoreLab(2);
        Watch(lab, 1, all);
        lab.Loses = (from, _, message) => from == 1 && message is StorageMessage.Watch;
        lab.Pass(30);
        lab.Said.Clear();
        lab.Set(2, "key", "x");
        lab.Pass(5);
        Assert.DoesNotContain(lab.Said, one => one is (2, 1, StorageMessage.Changes));
    }

    [Fact]
    public void A_node_tells_so_many_others_and_no_more()
    {
        var lab = new StoreLab(1);
        for (var i = 2; i <= Telling.ListenersMax + 2; i++)
        {
            lab.Nodes.Add(new StoreLab.Member { Number = i });
            lab.Say(i, 1, new StorageMessage.Watch(0, [all]));
        }

        lab.Set(1, "key", "x");
        lab.Pass(1);
        Assert.Equal(Telling.ListenersMax, lab.Said.Count(one => one.Message is StorageMessage.Changes));
    }

    [Fact]
    public void Of_so_many_keys_is_known_what_was_told_and_of_no_more()
    {
        var lab = new StoreLab(2);
        Watch(lab, 1, all);
        var at = new Stamp(1, StoreLab.Id(1), 1);
        for (var i = 0; i <= Watching.KnownMax; i++)
            lab.Say(2, 1, Changes(i));
        lab.Say(2, 1, Changes(Watching.KnownMax)); // is known
        Assert.Equal(Watching.KnownMax + 1, Told(lab, 1).Length);
        lab.Say(2, 1, Changes(0)); // not any more
        Assert.Equal(Watching.KnownMax + 2, Told(lab, 1).Length);

        StorageMessage Changes(int i) =>
            new StorageMessage.Changes((ulong)i + 1, 0, [new KeyChange(StoreLab.Key($"{i}"), ChangeKind.Set, at)]);
    }

    private static void Watch(StoreLab lab, int number, params WatchFilter[] filters)
    {
        var node = lab[number];
        node.Shell!.Store.Watch(new Moment(lab.Now, lab.Unix), filters, node.Shell.Outbox);
        lab.Pass(0.01);
    }

    private static string[] Told(StoreLab lab, int number) =>
    [
        .. lab[number].Events.OfType<StorageEvent.KeyChanged>().Select(one => one.Change).Select(change =>
            $"{change.Key.Database} {Encoding.UTF8.GetString(change.Key.Name.Span)} {change.Kind}"),
    ];

    private static long[] Missed(StoreLab lab) => [.. lab[1].Events.OfType<StorageEvent.ChangesMissed>().Select(one => one.Count)];
}
