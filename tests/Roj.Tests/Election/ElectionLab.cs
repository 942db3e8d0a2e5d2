using System.Collections.Immutable;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Election;

/// <summary>Nodes that elect, on one clock, over a network that delivers in order unless it is told otherwise, with a disk each for the
/// term and, where they agree, a toy of a lease.</summary>
/// <remarks>Whatever a test does, it looks on: nothing is said under a term that is not kept, terms only grow, colours are right and never
/// older ones, no two lead by one lease, and whoever was called leaves nothing due behind.</remarks>
internal sealed class ElectionLab
{
    private static readonly TimeSpan step = TimeSpan.FromMilliseconds(10);

    private readonly SortedDictionary<int, LeaderElection> nodes = [];
    private readonly SortedDictionary<int, Term> disks = [];
    private readonly SortedDictionary<int, Colouring> shown = [];
    private readonly ElectionOutbox outbox = new();
    private readonly ElectionKind kind;
    private readonly bool isToAgree;
    private ImmutableArray<NodeId>? seats;
    private int inputs;

    public ElectionLab(int count, ElectionKind kind = ElectionKind.Bully, bool isQuorum = false)
    {
        (this.kind, isToAgree) = (kind, isQuorum);
        seats = isQuorum ? [.. Enumerable.Range(1, count).Select(Painted.Id)] : null;
        Lease = new ToyLease(this, count);
        for (var number = 1; number <= count; number++)
            Start(number);
    }

    public Instant Now { get; private set; } = Instant.Zero + TimeSpan.FromSeconds(100);

    public ToyLease Lease { get; }

    /// <summary>All that was asked for, in order: messages, events and effects.</summary>
    public List<(int Node, object What, Instant At)> Asked { get; } = [];

    public List<(int From, int To, ElectionMessage Message)> Mail { get; } = [];

    /// <summary>Who stands still: it gets what was said to it when it goes on.</summary>
    public SortedSet<int> Still { get; } = [];

    /// <summary>On which side of a split each node is.</summary>
    public SortedDictionary<int, int> Sides { get; } = [];

    /// <summary>The addresses that are not 10.0.0.number.</summary>
    public SortedDictionary<int, uint> Addresses { get; } = [];

    public IEnumerable<int> Up => nodes.Keys;

    public LeaderElection this[int number] => nodes[number];

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    public Term Kept(int number) => disks.GetValueOrDefault(number);

    public IEnumerable<T> AskedBy<T>(int number) => Asked.Where(one => one.Node == number).Select(one => one.What).OfType<T>();

    public bool Leads(int number) => nodes.TryGetValue(number, out var node) && node.Standing is Standing.Leading;

    public bool Reaches(int from, int to) =>
        nodes.ContainsKey(from) && nodes.ContainsKey(to) && Sides.GetValueOrDefault(from) == Sides.GetValueOrDefault(to);

    /// <summary>Whether all who are up, or these, heed this one, as it does itself, in its colours.</summary>
    public bool AllHeed(int leader, params int[] who) => Leads(leader) && (who.Length == 0 ? Up : who).All(number =>
        nodes[number].Term == nodes[leader].Term && nodes[number].Colouring == nodes[leader].Colouring
        && nodes[number].Own is not Colour.None);

    public void Start(int number)
    {
        var settings = new ElectionSettings { Self = Painted.Id(number), Own = PlaceOf(number), Kind = kind, IsToAgree = isToAgree };
        nodes[number] = new LeaderElection(settings, Kept(number), new Rng((ulong)number));
        shown.Remove(number);
        Do(number, node => node.Start(Now, outbox));
        TellWhoIsHere();
    }

    public void Kill(int number)
    {
        nodes.Remove(number);
        Mail.RemoveAll(letter => letter.To == number);
        TellWhoIsHere();
    }

    /// <summary>It goes on.</summary>
    public void Wake(int number)
    {
        Still.Remove(number);
        Lease.Wake(number);
    }

    public void TellWhoIsHere()
    {
        foreach (var number in Up.Except(Still).ToArray())
            Do(number, node => node.Meet(Now, PeersOf(number), seats, outbox));
    }

    public void Split(params int[] away)
    {
        foreach (var number in away)
            Sides[number] = 1;
        TellWhoIsHere();
    }

    public void Heal()
    {
        Sides.Clear();
        TellWhoIsHere();
    }

    /// <summary>From now on a majority decides, of all who are up; or none any more.</summary>
    public void Agree(bool isQuorum)
    {
        seats = isQuorum ? [.. Up.Select(Painted.Id)] : null;
        disks.Clear(); // the counters of one mode are none of the other
        shown.Clear();
        TellWhoIsHere();
    }

    public void Do(int number, Action<LeaderElection> what)
    {
        what(nodes[number]);
        inputs++;
        CarryOut(number);
    }

    public void Hear(int number, int from, ElectionMessage message) => Do(number, node =>
    {
        if (message is ElectionMessage.Heartbeat heartbeat)
            node.Hear(Now, Painted.Id(from), heartbeat, outbox);
        else if (message is ElectionMessage.Resigned resigned)
            node.Hear(Now, Painted.Id(from), resigned, outbox);
        else if (message is ElectionMessage.Outdated outdated)
            node.Hear(Now, outdated, outbox);
    });

    public void Leave(int number) => Do(number, node => node.Leave(Now, outbox));

    public void Granted(int number, ulong epoch, Colouring? remembered) =>
        Do(number, node => node.Granted(Now, epoch, remembered, outbox));

    public void Denied(int number) => Do(number, node => node.Denied(Now, "another holds it", outbox));

    public void Lapsed(int number, ulong epoch) => Do(number, node => node.Lapsed(Now, epoch, outbox));

    public void Vacant(int number) => Do(number, node => node.Vacant(Now, outbox));

    /// <summary>Delivers what is under way, and what follows, but to whom stands still.</summary>
    public void Deliver()
    {
        for (var many = 0; Mail.FindIndex(letter => !Still.Overlaps([letter.To, letter.From])) is var next and >= 0; many++)
        {
            Assert.True(many < 100_000, "they never come to an end");
            var (from, to, message) = Mail[next];
            Mail.RemoveAt(next);
            Deliver(from, to, message);
        }
    }

    public void Pass(TimeSpan time)
    {
        Now += time;
        foreach (var number in Up.Except(Still).ToArray())
        {
            for (var times = 0; nodes[number].Deadline <= Now; times++)
            {
                Assert.True(times < 3, "it is called again and again, and nothing comes of it");
                Do(number, node => node.Tick(Now, outbox));
            }
        }

        Lease.Pass();
        if (seats is not null)
            Assert.True(Up.Except(Still).Count(Leads) <= 1, "two lead");
    }

    public void Run(TimeSpan time)
    {
        for (var until = Now + time; Now < until;)
        {
            Deliver();
            Pass(step);
        }
    }

    public void RunUntil(Func<bool> isSo, TimeSpan atMost)
    {
        for (var until = Now + atMost; !isSo();)
        {
            Assert.True(Now < until, "it does not come to that");
            Run(step);
        }
    }

    /// <summary>How often a node is called while time passes and it hears nothing.</summary>
    public int InputsIn(TimeSpan time)
    {
        var before = inputs;
        Run(time);
        return inputs - before;
    }

    private Endpoint PlaceOf(int number) => new(Addresses.GetValueOrDefault(number, 0x0A000000 + (uint)number), 7071);

    private Peer[] PeersOf(int number) =>
    [
        .. Up.Where(other => other != number && Reaches(number, other))
            .Select(other => new Peer(Painted.Id(other), PlaceOf(other), nodes[other].Own)),
    ];

    private void Deliver(int from, int to, ElectionMessage message)
    {
        if (message is RingMessage passed)
            Pass(from, to, passed);
        else if (message is ElectionMessage.Register)
            Register(from, to);
        else if (Reaches(from, to))
            Hear(to, from, message);
    }

    private void Register(int from, int leader)
    {
        Colouring? answer = null;
        if (Reaches(from, leader))
            Do(leader, node => answer = node.Register(Now, outbox));
        if (nodes.ContainsKey(from))
            Do(from, node => node.Registered(Now, Painted.Id(leader), answer, outbox));
    }

    private void Pass(int from, int to, RingMessage message)
    {
        var refusal = (RingRefusal?)null;
        var isThere = Reaches(from, to);
        if (isThere)
            Do(to, node => refusal = node.Receive(Now, message, outbox));
        if (!nodes.ContainsKey(from))
            return;
        if (isThere)
            Do(from, node => node.Delivered(Now, Painted.Id(to), refusal == RingRefusal.Stale ? nodes[to].Greatest : null, outbox));
        else
            Do(from, node => node.Undelivered(Now, Painted.Id(to), outbox));
    }

    private void CarryOut(int number)
    {
        for (var i = 0; i < outbox.Count; i++)
        {
            var output = outbox[i];
            Asked.Add((number, (object?)output.Message ?? (object?)output.Effect ?? output.Event!, Now));
            if (output.Message is { } message)
                Say(number, output.To, message);
            else if (output.Effect is { } effect)
                Act(number, effect);
            else if (output.Event is ElectionEvent.Coloured(var colouring))
                Show(number, colouring);
        }

        outbox.Clear();
    }

    private void Say(int number, NodeId to, ElectionMessage message)
    {
        var said = message switch
        {
            ElectionMessage.Heartbeat(var term, _) => term,
            ElectionMessage.Resigned(var term, _) => term,
            RingMessage.Leader { Term: var term } => term,
            _ => Term.None,
        };
        Assert.True(said <= Kept(number), "what is said under a term is said before that is kept");
        Assert.True(message is RingMessage || said == Term.None || said.Leader == Painted.Id(number), "one speaks for another");
        var other = Enumerable.Range(1, 40).Single(one => Painted.Id(one) == to);
        if (nodes.ContainsKey(other) || message is RingMessage or ElectionMessage.Register)
            Mail.Add((number, other, message));
    }

    private void Act(int number, ElectionEffect effect)
    {
        switch (effect)
        {
            case ElectionEffect.Keep(var term):
                Assert.True(term > Kept(number), "a term falls");
                disks[number] = term;
                break;
            case ElectionEffect.Claim:
                Lease.Claim(number);
                break;
            case ElectionEffect.Release:
                Lease.Release(number);
                break;
            case ElectionEffect.Write(var colouring):
                Lease.Write(number, colouring);
                break;
        }
    }

    private void Show(int number, Colouring colouring)
    {
        Assert.True(colouring.IsRight, "the colours are wrong");
        Assert.True(!shown.TryGetValue(number, out var before) || colouring.IsAfter(before), "older colours are taken");
        shown[number] = colouring;
    }
}
