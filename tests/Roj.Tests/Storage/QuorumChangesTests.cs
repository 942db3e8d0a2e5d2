using System.Text;
using Roj.Agreement;
using Roj.Kernel;
using Roj.Storage;
using Roj.Storage.Wire;
using Xunit;
using StorageOutbox = Roj.Kernel.Outbox<
    Roj.Kernel.NodeId, Roj.Storage.Wire.StorageMessage, Roj.Storage.StorageEvent, Roj.Storage.StorageEffect>;

namespace Roj.Tests.Storage;

/// <summary>Who is told what a majority has taken. That it has is the simulator's to see (<c>roj sim quorum</c>).</summary>
public sealed class QuorumChangesTests
{
    private static readonly WatchFilter all = new(null, Array.Empty<byte>());

    private readonly SortedDictionary<int, QuorumChanges> nodes = new() { [1] = new(), [2] = new() };
    private readonly StorageOutbox outbox = new();
    private readonly List<string> told = [];
    private Moment now = new(Instant.Zero + TimeSpan.FromSeconds(100), 1_000_000);

    [Fact]
    public void What_becomes_of_a_key_is_told_with_the_version_of_its_register()
    {
        Meet();
        Assert.False(nodes[1].IsWatched);
        Watch(2, all);
        Assert.True(nodes[1].IsWatched);
        Choose("a", 1, "x", new RegisterChange.Delete());
        Choose("a", 2, null, new RegisterChange.Delete());
        Choose("b", 7, null, new RegisterChange.Timed(0, new TimedStep.End()));
        Choose("c", 3, "x", null); // a reading met what somebody had left half done
        Pass(1);
        Assert.Equal(["2: 0/a Set 1", "2: 0/a Deleted 2", "2: 0/b Expired 7", "2: 0/c Set 3"], told);
    }

    [Fact]
    public void What_is_chosen_twice_is_told_once_and_nothing_earlier_afterwards()
    {
        Meet();
        Watch(2, all);
        Choose("a", 2, "y", null);
        Choose("a", 2, "y", null);
        Choose("a", 1, "x", null);
        Choose("b", 2, null, new RegisterChange.Timed(0, new TimedStep.End()));
        Choose("b", 2, null, null); // which knows no more that it had ended
        Pass(1);
        Assert.Equal(["2: 0/a Set 2", "2: 0/b Expired 2"], told);
    }

    [Fact]
    public void Only_what_is_wanted_is_told_and_registers_that_are_no_keys_never()
    {
        Meet();
        Watch(2, new WatchFilter(0, "user:"u8.ToArray()));
        Choose("user:1", 1, "x", null);
        Choose("other", 1, "x", null);
        nodes[1].Chosen(now, new AgreementEvent.Chosen(1, RegisterName.Of("\u0063roster"), Of(1, "x"), null)); // database 99
        Pass(1);
        Assert.Equal(["2: 0/user:1 Set 1"], told);
        Watch(2);
        Assert.False(nodes[1].IsWatched);
        Assert.Null(nodes[2].Deadline);
        Assert.Null(nodes[1].Deadline);
    }

    [Fact]
    public void Who_says_no_more_that_he_watches_is_forgotten()
    {
        Meet();
        Watch(2, all);
        nodes.Remove(2);
        Pass(14);
        Assert.True(nodes[1].IsWatched);
        Pass(2);
        Assert.False(nodes[1].IsWatched);
    }

    [Fact]
    public void Somebody_who_is_gone_may_have_known_of_something_alone()
    {
        Meet();
        Watch(2, all);
        nodes[2].See(now, [new NodeId(2)], outbox);
        CarryOut(2);
        Assert.Equal(["2: missed 0 of 1"], told);
        Choose("a", 1, "x", null);
        Pass(20); // he is not asked any more, and tells no more
        Assert.False(nodes[1].IsWatched);
    }

    private static Content Of(ulong version, string? value) => Content.Empty with
    {
        Version = version,
        Data = value is null ? (ReadOnlyMemory<byte>?)null : new TimedValue(Encoding.ASCII.GetBytes(value), null).Write(),
    };

    private void Meet()
    {
        foreach (var (number, node) in nodes)
        {
            node.See(now, [new NodeId(1), new NodeId(2)], outbox);
            CarryOut(number);
        }
    }

    private void Watch(int number, params WatchFilter[] filters)
    {
        nodes[number].Watch(now, filters, outbox);
        CarryOut(number);
    }

    private void Choose(string key, ulong version, string? value, RegisterChange? change)
    {
        var name = KeySlots.NameOf(new StorageKey(0, Encoding.ASCII.GetBytes(key)));
        nodes[1].Chosen(now, new AgreementEvent.Chosen(KeySlots.SlotOf(name), name, Of(version, value), change));
    }

    private void Pass(double seconds)
    {
        for (var until = now.Now + TimeSpan.FromSeconds(seconds); now.Now < until;)
        {
            now = new Moment(now.Now + TimeSpan.FromMilliseconds(5), now.Unix + 5);
            foreach (var (number, node) in nodes)
            {
                if (node.Deadline <= now.Now)
                    node.Tick(now, outbox);
                CarryOut(number);
            }
        }
    }

    // All that is said is heard at once, through the bytes.
    private void CarryOut(int from)
    {
        List<(int To, StorageMessage Message)> said = [];
        for (var i = 0; i < outbox.Count; i++)
        {
            if (outbox[i].Event is StorageEvent.KeyChanged(var change))
                told.Add($"{from}: {change.Key} {change.Kind} {change.Version}");
            else if (outbox[i].Event is StorageEvent.ChangesMissed missed)
                told.Add($"{from}: missed {missed.Count} of {missed.Node.Value}");
            if (outbox[i].Message is { } message)
                said.Add(((int)outbox[i].To.Value, message));
        }

        outbox.Clear();
        foreach (var (to, message) in said)
        {
            Assert.Equal(ReadStatus.Done, StorageFrame.TryRead(StorageFrame.Write(message), out var read, out _));
            if (nodes.TryGetValue(to, out var node))
                node.Receive(now, new NodeId((UInt128)(uint)from), read!, outbox);
            CarryOut(to);
        }
    }
}
