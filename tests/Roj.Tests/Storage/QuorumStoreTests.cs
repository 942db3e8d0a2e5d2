using System.Text;
using Roj.Agreement;
using Roj.Kernel;
using Roj.Storage;
using Roj.Tests.Agreement;
using Xunit;

namespace Roj.Tests.Storage;

/// <summary>Calls for keys of which a majority decides, on three nodes whose registers are the real ones.</summary>
public class QuorumStoreTests
{
    private static readonly TimeSpan moment = TimeSpan.FromMilliseconds(10);

    private readonly Assembly nodes = new(3);
    private readonly SortedDictionary<int, QuorumStore> stores = [];
    private int events;
    private long unix = 1_000_000;
    private ulong calls;

    public QuorumStoreTests() =>
        nodes.RunUntil(() => Enumerable.Range(1, 3).All(number => nodes[number].IsVoting), TimeSpan.FromSeconds(20));

    [Fact]
    public void What_one_writes_another_reads()
    {
        Assert.True(Assert.IsType<StorageAnswer.Done>(Ask(1, new StorageCall.Write(Key("a"), Bytes("x")))).IsApplied);
        Assert.Equal("x", Text(Ask(2, new StorageCall.Read(Key("a")))));
        Assert.Equal(1UL, Assert.IsType<StorageAnswer.Value>(Ask(3, new StorageCall.Read(Key("a")))).Version);
        Assert.Equal("x", Text(Ask(3, new StorageCall.Write(Key("a"), Bytes("y"), ReturnsOld: true))));
        Assert.Equal("y", Text(Ask(1, new StorageCall.Delete(Key("a"), ReturnsOld: true))));
        Assert.Null(Text(Ask(2, new StorageCall.Read(Key("a")))));
        Assert.False(Assert.IsType<StorageAnswer.Done>(Ask(3, new StorageCall.Delete(Key("a")))).IsApplied);
    }

    [Fact]
    public void Sums_are_those_of_all_nodes()
    {
        for (var i = 1; i <= 9; i++)
            Assert.Equal(new StorageAnswer.Number(i), Ask((i % 3) + 1, new StorageCall.Add(Key("n"), 1)));
        Assert.Equal(new StorageAnswer.Number(3), Ask(1, new StorageCall.Append(Key("n"), Bytes("99"))));
        Assert.Equal(
            StorageFault.Overflow, Assert.IsType<StorageAnswer.Failed>(Ask(2, new StorageCall.Add(Key("n"), long.MaxValue))).Fault);
        Ask(1, new StorageCall.Write(Key("n"), Bytes("007")));
        Assert.Equal(StorageFault.NotANumber, Assert.IsType<StorageAnswer.Failed>(Ask(2, new StorageCall.Add(Key("n"), 1))).Fault);
    }

    [Fact]
    public void What_is_over_is_gone_also_for_whose_clock_is_behind()
    {
        Ask(1, new StorageCall.Write(Key("t"), Bytes("x"), Expiry: Expiry.At(unix + 50)));
        Assert.Equal("x", Text(Ask(2, new StorageCall.Read(Key("t")))));
        unix += 50;
        Assert.Null(Text(Ask(3, new StorageCall.Read(Key("t")))));
        unix -= 1000; // another router, whose clock is behind
        Assert.Null(Text(Ask(2, new StorageCall.Read(Key("t")))));
    }

    [Fact]
    public void A_request_is_applied_once_wherever_it_is_asked_for_again()
    {
        var id = new ChangeId(new NodeId(77), 0, 0);
        var add = new StorageCall.Add(Key("n"), 5) { Request = id };
        Assert.Equal(new StorageAnswer.Number(5), Ask(1, add));
        Assert.Equal(new StorageAnswer.Number(5), Ask(2, add with { TriedSince = 0 }));
        Assert.Equal("5", Text(Ask(3, new StorageCall.Read(Key("n")))));
    }

    [Fact]
    public void A_request_that_was_done_elsewhere_while_it_waited_is_not_done_again()
    {
        var key = Enumerable.Range(0, 100).Select(number => Key($"n{number}")).First(one => IsProposedBy(2, one));
        Ask(1, new StorageCall.Read(key));
        var add = new StorageCall.Add(key, 5) { Request = new ChangeId(new NodeId(77), 0, 0) };
        nodes.CutOff.Add(Assembly.Id(1));
        nodes.Do(1, _ => stores[1].Ask(new Moment(nodes.Now, unix), ++calls, add, nodes.Outbox));
        Assert.Equal(new StorageAnswer.Number(5), Ask(2, add with { TriedSince = 0 }));
        for (var i = 0; i < 20; i++) // more than a register remembers
            Ask(2, new StorageCall.Add(key, 1));
        nodes.Run(TimeSpan.FromSeconds(1));
        nodes.CutOff.Clear();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("25", Text(Ask(1, new StorageCall.Read(key))));
            nodes.Run(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void Fences_and_versions_are_looked_at_in_the_change()
    {
        var key = Key("f");
        Ask(1, new StorageCall.Write(key, Bytes("new")) { Fence = new Fence("l", 3, 1) });
        var old = Assert.IsType<StorageAnswer.Failed>(
            Ask(2, new StorageCall.Write(key, Bytes("old")) { Fence = new Fence("l", 2, 9) }));
        Assert.Equal((StorageFault.Fenced, Applied.No), (old.Fault, old.Applied));
        Assert.False(Assert.IsType<StorageAnswer.Done>(Ask(1, new StorageCall.Write(key, Bytes("z")) { AtVersion = 7 })).IsApplied);
        Assert.True(Assert.IsType<StorageAnswer.Done>(Ask(1, new StorageCall.Write(key, Bytes("z")) { AtVersion = 1 })).IsApplied);
    }

    [Fact]
    public void All_keys_of_a_database_are_listed_and_only_they()
    {
        for (var i = 0; i < 300; i++)
            Ask(1, new StorageCall.Write(Key($"k{i}"), Bytes("x")));
        Ask(1, new StorageCall.Write(new StorageKey(1, Bytes("other")), Bytes("x")));
        Ask(2, new StorageCall.Delete(Key("k7")));
        SortedSet<StorageKey> listed = [];
        var cursor = 0UL;
        do
        {
            var page = Assert.IsType<StorageAnswer.Keys>(Ask(3, new StorageCall.List(0, cursor, 10)));
            listed.UnionWith(page.Names.Select(name => new StorageKey(0, name)));
            cursor = page.Next;
        }
        while (cursor != 0);

        Assert.Equal(299, listed.Count);
        Assert.Equal(new StorageAnswer.Number(299), Ask(2, new StorageCall.Count(0)));
        Assert.IsType<StorageAnswer.Done>(Ask(1, new StorageCall.Clear(0)));
        Assert.Equal(new StorageAnswer.Number(0), Ask(3, new StorageCall.Count(0)));
        Assert.Equal(new StorageAnswer.Number(1), Ask(3, new StorageCall.Count(1)));
    }

    [Fact]
    public void Without_a_majority_it_says_so_and_that_nothing_was_done()
    {
        Ask(1, new StorageCall.Write(Key("a"), Bytes("x")));
        nodes.Kill(Assembly.Id(2));
        nodes.Kill(Assembly.Id(3));
        stores.Clear();
        var failed = Assert.IsType<StorageAnswer.Failed>(Ask(1, new StorageCall.Read(Key("a")), TimeSpan.FromSeconds(8)));
        Assert.Equal((StorageFault.NoQuorum, Applied.No), (failed.Fault, failed.Applied));
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData(null, "value")]
    [InlineData(1234L, "value")]
    [InlineData(long.MinValue, "")]
    public void A_value_and_its_end_come_back_from_bytes(long? end, string text)
    {
        var value = new TimedValue(Bytes(text), end);
        var read = TimedValue.Read(value.Write())!.Value;
        Assert.Equal((end, text), (read.EndsAt, Encoding.ASCII.GetString(read.Bytes.Span)));
        Assert.Null(TimedValue.Read(new byte[] { 2 }));
        Assert.Null(TimedValue.Read(new byte[] { 1, 0 }));
    }

    private bool IsProposedBy(int number, StorageKey key)
    {
        Ask(number, new StorageCall.Read(key));
        return nodes[number].SetOf(KeySlots.SlotOf(KeySlots.NameOf(key)))!.Members[0] == Assembly.Id(number);
    }

    private static StorageKey Key(string name) => new(0, Bytes(name));

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static string? Text(StorageAnswer answer) =>
        Assert.IsType<StorageAnswer.Value>(answer).Data is { } data ? Encoding.ASCII.GetString(data.Span) : null;

    private StorageAnswer Ask(int number, StorageCall call, TimeSpan? patience = null)
    {
        if (!stores.TryGetValue(number, out var store))
            stores.Add(number, store = new QuorumStore(new QuorumSettings(), nodes[number], new Rng(1)));
        var mine = ++calls;
        nodes.Do(number, _ => store.Ask(new Moment(nodes.Now, unix), mine, call, nodes.Outbox));
        for (var until = nodes.Now + (patience ?? TimeSpan.FromSeconds(20)); nodes.Now < until;)
        {
            while (events < nodes.Events.Count)
            {
                var (node, what) = nodes.Events[events++];
                if (node == Assembly.Id(number))
                    nodes.Do(number, _ => Hear(store, what));
            }

            while (store.TryTakeAnswer(out var answered, out var answer))
            {
                if (answered == mine)
                    return answer!;
            }

            nodes.Run(moment);
        }

        throw new TimeoutException($"{call} is not answered");
    }

    private void Hear(QuorumStore store, AgreementEvent what)
    {
        if (what is AgreementEvent.Ended(var outcome))
            store.Ended(new Moment(nodes.Now, unix), outcome, nodes.Outbox);
        else if (what is AgreementEvent.Walked part)
            store.Walked(new Moment(nodes.Now, unix), part, nodes.Outbox);
    }
}
