using Roj.Kernel;
using Roj.Tests.Election;
using Roj.Token;
using Roj.Token.Wire;
using Xunit;

namespace Roj.Tests.Token;

/// <summary>Nodes that pass one token round, on one clock. What they say lies in a bag until it is delivered, lost or doubled; what is
/// kept is written and read back at the next start.</summary>
/// <remarks>Whatever a test does, it looks on: no turn is ever held twice, in available mode what a node knows of the work never falls, and
/// whoever was called leaves nothing due behind.</remarks>
internal sealed class TokenLab
{
    private static readonly TimeSpan step = TimeSpan.FromMilliseconds(10);

    private readonly SortedDictionary<int, TokenPassing> nodes = [];
    private readonly SortedDictionary<int, byte[]> disks = [];
    private readonly SortedSet<(NodeId Author, ulong Revision, ulong Epoch, ulong Sequence)> held = [];
    private readonly SortedDictionary<int, Instant> begun = []; // work, by the place of its turn among what was asked for
    private readonly TokenOutbox outbox = new();
    private readonly bool isLeased;
    private readonly Func<TokenSettings, TokenSettings> change;

    public TokenLab(int count, bool isLeased = false, Func<TokenSettings, TokenSettings>? change = null)
    {
        (this.isLeased, this.change) = (isLeased, change ?? (settings => settings));
        for (var number = 1; number <= count; number++)
            Start(number);
        TellWhoIsHere();
    }

    public Instant Now { get; private set; } = Instant.Zero + TimeSpan.FromSeconds(100);

    /// <summary>What is under way.</summary>
    public List<(int From, int To, TokenMessage Message)> Bag { get; } = [];

    /// <summary>All that was asked for, in order: messages, events and effects.</summary>
    public List<(int Node, object What)> Asked { get; } = [];

    /// <summary>Who stands still.</summary>
    public SortedSet<int> Still { get; } = [];

    /// <summary>Whether nobody says what is not so.</summary>
    public bool AreAllHonest { get; set; } = true;

    /// <summary>Who refuses connections.</summary>
    public SortedSet<int> Shut { get; } = [];

    /// <summary>On which side of a split each node is.</summary>
    public SortedDictionary<int, int> Sides { get; } = [];

    /// <summary>How long an owner works before it passes the token on; null for ever.</summary>
    public TimeSpan? Works { get; set; }

    public IEnumerable<int> Up => nodes.Keys;

    public IEnumerable<int> Owners => nodes.Where(each => each.Value.State is TokenState.Owner).Select(each => each.Key);

    public FreePassing Free(int number) => (FreePassing)nodes[number];

    public LeasedPassing Leased(int number) => (LeasedPassing)nodes[number];

    public TokenPassing this[int number] => nodes[number];

    public IEnumerable<T> AskedBy<T>(int number) => Asked.Where(one => one.Node == number).Select(one => one.What).OfType<T>();

    /// <summary>Begins a life with what the one before has kept.</summary>
    public void Start(int number)
    {
        var memory = new TokenMemory();
        if (disks.TryGetValue(number, out var kept))
        {
            Assert.Equal(ReadStatus.Done, MemoryCodec.TryRead(kept, out var read, out var leased));
            Assert.Equal(isLeased, leased);
            memory = read!;
        }

        var settings = change(new TokenSettings { Self = Painted.Id(number), Boot = (uint)number });
        nodes[number] = isLeased ? new LeasedPassing(settings, memory) : new FreePassing(settings, memory);
        Do(number, node => node.Start(Now, outbox));
    }

    public void Kill(int number)
    {
        nodes.Remove(number);
        Bag.RemoveAll(letter => letter.To == number || letter.From == number);
    }

    public void TellWhoIsHere()
    {
        foreach (var number in Up.Except(Still).ToArray())
            Meet(number, [.. Up.Where(other => other != number && Reaches(number, other))]);
    }

    /// <summary>Tells one node who is here.</summary>
    public void Meet(int number, params int[] others) => Do(number, node => node.Meet(
        Now, [.. others.OrderBy(other => other < number).ThenBy(other => other).Select(Painted.Id)], outbox));

    /// <summary>Gives a node an input, and returns what it asks for then.</summary>
    public object[] Do(int number, Action<TokenPassing> what)
    {
        var (node, before) = (nodes[number], nodes[number].Memory.Best.Progress);
        what(node);
        Assert.True(isLeased || node.Memory.Best.Progress >= before, "it knows less of the work than before");
        List<object> asked = [];
        for (var i = 0; i < outbox.Count; i++)
        {
            var output = outbox[i];
            asked.Add((object?)output.Message ?? (object?)output.Effect ?? output.Event!);
            if (output.Message is { } message)
                Bag.Add((number, NumberOf(output.To), message));
            else if (output.Effect is TokenEffect.Keep or TokenEffect.KeepSoon)
                disks[number] = MemoryCodec.Write(node.Memory, isLeased);
            else if (output.Event is TokenEvent.Held(var turn, _))
                Assert.True(held.Add((turn.Author, turn.Revision, turn.Epoch, turn.Sequence)) || !AreAllHonest, $"{turn} is held twice");
        }

        outbox.Clear();
        Asked.AddRange(asked.Select(one => (number, one)));
        return [.. asked];
    }

    public object[] Hear(int number, int from, TokenMessage message) =>
        Do(number, node => node.Receive(Now, Painted.Id(from), message, outbox));

    public object[] PassOn(int number) => Do(number, node => node.PassOn(Now, outbox));

    public object[] Undelivered(int number, int to, bool isSent) =>
        Do(number, node => node.Undelivered(Now, Painted.Id(to), isSent, outbox));

    public object[] Leave(int number) => Do(number, node => node.Leave(Now, outbox));

    public bool Worked(int number, ulong progress, string data = "", TokenStamp? under = null)
    {
        var counts = false;
        var bytes = System.Text.Encoding.ASCII.GetBytes(data);
        Do(number, node => counts = node.Worked(Now, under ?? node.Own, progress, bytes, outbox));
        return counts;
    }

    public object[] Granted(int number, ulong epoch, TokenStamp header = default) =>
        Do(number, _ => Leased(number).Granted(Now, epoch, header, outbox));

    public object[] Denied(int number) => Do(number, _ => Leased(number).Denied(Now, "another has it", outbox));

    public object[] Lapsed(int number, ulong epoch) => Do(number, _ => Leased(number).Lapsed(Now, epoch, outbox));

    public object[] Vacant(int number) => Do(number, _ => Leased(number).Vacant(Now, outbox));

    public object[] Handed(int number, bool isDone) => Do(number, _ => Leased(number).Handed(Now, isDone, outbox));

    public object[] TakenOver(int number, bool isHeld) => Do(number, _ => Leased(number).TakenOver(Now, isHeld, outbox));

    /// <summary>Delivers one of the bag, and leaves it there too if it is to be doubled.</summary>
    public void Deliver(int index, bool isDoubled = false)
    {
        var (from, to, message) = Bag[index];
        if (!isDoubled)
            Bag.RemoveAt(index);
        var isThere = nodes.ContainsKey(to) && Reaches(from, to);
        if (isThere && (TokenCodec.IsDatagram(message) || !Shut.Contains(to)))
            Hear(to, from, message);
        else if (!TokenCodec.IsDatagram(message) && nodes.ContainsKey(from))
            Undelivered(from, to, isSent: false);
    }

    /// <summary>Delivers all that is in the bag, and what follows, but to whom stands still.</summary>
    public void Deliver()
    {
        for (var many = 0; Bag.FindIndex(letter => !Still.Overlaps([letter.To, letter.From])) is var next and >= 0; many++)
        {
            Assert.True(many < 100_000, "they never come to an end");
            Deliver(next);
        }
    }

    /// <summary>Time passes, and nothing arrives.</summary>
    public void Pass(TimeSpan time)
    {
        for (var until = Now + time; Now < until;)
        {
            Now += step;
            foreach (var number in Up.Except(Still).ToArray())
                Tick(number);
        }
    }

    public void Pass(double seconds) => Pass(TimeSpan.FromSeconds(seconds));

    public void Run(double seconds)
    {
        for (var until = Now + TimeSpan.FromSeconds(seconds); Now < until;)
        {
            Deliver();
            Pass(step);
            foreach (var number in Owners.Except(Still).ToArray())
                Work(number);
        }
    }

    public void RunUntil(Func<bool> isSo, double atMost = 60)
    {
        for (var until = Now + TimeSpan.FromSeconds(atMost); !isSo();)
        {
            Assert.True(Now < until, "it does not come to that");
            Run(step.TotalSeconds);
        }
    }

    private void Work(int number)
    {
        if (Works is null)
            return;
        var (node, turns) = (nodes[number], Asked.FindLastIndex(one => one.Node == number && one.What is TokenEvent.Held));
        begun.TryAdd(turns, Now);
        if (Now - begun[turns] < Works)
            return;
        Worked(number, node.Own.Progress + 1);
        PassOn(number);
    }

    private bool Reaches(int from, int to) => Sides.GetValueOrDefault(from) == Sides.GetValueOrDefault(to);

    private static int NumberOf(NodeId id) => Enumerable.Range(1, 99).First(number => Painted.Id(number) == id);

    private void Tick(int number)
    {
        for (var times = 0; nodes[number].Deadline <= Now; times++)
        {
            Assert.True(times < 3, "it is called again and again, and nothing comes of it");
            Do(number, node => node.Tick(Now, outbox));
        }
    }
}
