using System.Collections.Immutable;
using Roj.Election;
using Roj.Election.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Election;

/// <summary>Nodes in a ring, on one clock, as their host has them: what is sent arrives in order unless it is told otherwise, who is
/// nominated leads, and what was collected is painted.</summary>
internal sealed class RingLab
{
    private readonly RingOutbox outbox = new();
    private readonly SortedDictionary<NodeId, Term> named = [];
    private ulong version;

    public SortedDictionary<NodeId, RingElection> Nodes { get; } = [];

    public Instant Now { get; private set; } = Instant.Zero + TimeSpan.FromSeconds(100);

    public RingSettings Settings { get; init; } = new();

    /// <summary>Whether a nomination is granted at once.</summary>
    public bool Grants { get; init; } = true;

    /// <summary>Whether messages go as JSON.</summary>
    public bool InBytes { get; init; } = true;

    public List<(NodeId From, NodeId To, RingMessage Message)> Mail { get; } = [];

    public List<(NodeId Node, RingEvent Event)> Events { get; } = [];

    public List<RingRefusal> Refusals { get; } = [];

    /// <summary>Who can't be reached, though membership has not noticed.</summary>
    public SortedSet<NodeId> CutOff { get; } = [];

    /// <summary>Is told each message that is sent, and each event.</summary>
    public Action<string>? Watch { get; set; }

    /// <summary>How many messages of each kind were sent.</summary>
    public SortedDictionary<string, int> Sent { get; } = [];

    public RingElection this[int number] => Nodes[Id(number)];

    public static NodeId Id(int number) => new((UInt128)(uint)number);

    /// <summary>A node whose number is the <paramref name="rank"/>th of <paramref name="of"/> parts of all numbers.</summary>
    public static RingElection Ranked(int number, int rank, int of, RingSettings? settings = null)
    {
        for (var seed = 0UL; ; seed++)
        {
            var node = new RingElection(Id(number), settings ?? new RingSettings(), new Rng(seed));
            if ((ulong)node.Id.Drawn * (ulong)of >> 32 == (ulong)rank)
                return node;
        }
    }

    /// <summary>Nodes 1, 2, … with numbers of these ranks.</summary>
    public static RingLab Of(params int[] ranks)
    {
        var lab = new RingLab();
        for (var i = 0; i < ranks.Length; i++)
            lab.Nodes.Add(Id(i + 1), Ranked(i + 1, ranks[i], 10, lab.Settings));
        lab.Reknit();
        return lab;
    }

    public RingLab Fill(int count, Rng rng)
    {
        for (var i = 1; i <= count; i++)
            Nodes.Add(Id(i), new RingElection(Id(i), Settings, rng.Fork()));
        Reknit();
        return this;
    }

    /// <summary>Membership has noticed who is there; who followed somebody that is gone stands.</summary>
    public void Reknit()
    {
        foreach (var (id, node) in Nodes.ToArray())
        {
            node.Reknit(Now, [.. Nodes.Keys], outbox);
            CarryOut(id);
            if (named.TryGetValue(id, out var term) && !Nodes.ContainsKey(term.Leader))
                Stand(id);
        }
    }

    public void Stand(NodeId id)
    {
        named.Remove(id);
        Do(id, node => node.Stand(Now, outbox));
    }

    public void StandAll()
    {
        foreach (var id in Nodes.Keys.ToArray())
            Stand(id);
    }

    /// <summary>It is gone; nobody has noticed.</summary>
    public void Kill(int number)
    {
        var id = Id(number);
        Nodes.Remove(id);
        named.Remove(id);
        Mail.RemoveAll(letter => letter.From == id);
    }

    /// <summary>It is there, and begins; membership tells all.</summary>
    public void Join(RingElection node)
    {
        Nodes.Add(node.Id.Node, node);
        node.Start(Now);
        Reknit();
    }

    public RingRefusal? Receive(int number, RingMessage message)
    {
        RingRefusal? refusal = null;
        Do(Id(number), node => refusal = node.Receive(Now, message, outbox));
        return refusal;
    }

    public void Do(NodeId id, Action<RingElection> what)
    {
        what(Nodes[id]);
        CarryOut(id);
    }

    public void Do(int number, Action<RingElection, RingOutbox> what) => Do(Id(number), node => what(node, outbox));

    /// <summary>The message arrives, or not, and the sender is told.</summary>
    public void Deliver(int index = 0)
    {
        var (from, to, message) = Mail[index];
        Mail.RemoveAt(index);
        var arrives = Nodes.ContainsKey(to) && !CutOff.Contains(to) && !CutOff.Contains(from);
        if (arrives)
            Arrive(from, to, message);
        if (Nodes.ContainsKey(from))
            Do(from, node => (arrives ? (Action<Instant, NodeId, RingOutbox>)node.Delivered : node.Undelivered)(Now, to, outbox));
    }

    public void DeliverAll()
    {
        for (var i = 0; i < 1_000_000 && Mail.Count > 0; i++)
            Deliver();
        Assert.Empty(Mail);
    }

    /// <summary>Lets time pass from deadline to deadline, all that is said being delivered at once.</summary>
    public void Run(TimeSpan time)
    {
        var until = Now + time;
        DeliverAll();
        for (var i = 0; Nodes.Values.Min(node => node.Deadline ?? until) is var due && due < until; i++)
        {
            Assert.True(i < 100_000, "it is due again and again");
            Now = due > Now ? due : Now;
            foreach (var id in Nodes.Keys.ToArray())
            {
                if (Nodes[id].Deadline <= Now)
                    Do(id, node => node.Tick(Now, outbox));
            }

            DeliverAll();
        }

        Now = until;
    }

    /// <summary>The leader that each node names.</summary>
    public IEnumerable<Term?> Named => Nodes.Keys.Select(id => named.TryGetValue(id, out var term) ? term : (Term?)null);

    /// <summary>The leader that all of them name, alive.</summary>
    public NodeId Leader()
    {
        var term = Assert.Single(Named.Distinct());
        Assert.NotNull(term);
        Assert.Contains(term.Value.Leader, Nodes.Keys);
        return term.Value.Leader;
    }

    public Term TermOf(NodeId id) => named[id];

    public int Count<T>() where T : RingEvent => Events.Count(one => one.Event is T);

    private void Arrive(NodeId from, NodeId to, RingMessage message)
    {
        if (InBytes)
        {
            Assert.True(RingJson.TryRead(RingJson.Write(message), out var read, out var why), why);
            message = read;
        }

        RingRefusal? refusal = null;
        Do(to, node => refusal = node.Receive(Now, message, outbox));
        if (refusal is null)
            return;
        Refusals.Add(refusal);
        if (refusal == RingRefusal.Stale && Nodes.ContainsKey(from))
            Outdated(from, Nodes[to].Known);
    }

    // The answer says what is known there. Who learns of a leader that is gone stands.
    private void Outdated(NodeId id, Term known)
    {
        if (known <= Nodes[id].Known)
            return;
        named[id] = known;
        Do(id, node => node.Yield(Now, known));
        if (!Nodes.ContainsKey(known.Leader))
            Stand(id);
    }

    private void CarryOut(NodeId id)
    {
        var outputs = Enumerable.Range(0, outbox.Count).Select(i => outbox[i]).ToArray();
        outbox.Clear();
        foreach (var output in outputs)
        {
            if (output.Message is { } message)
            {
                Mail.Add((id, output.To, message));
                Watch?.Invoke($"{id.Value} -> {output.To.Value} {Text(message)}");
                Sent[message.GetType().Name] = Sent.GetValueOrDefault(message.GetType().Name) + 1;
            }
            else
            {
                Events.Add((id, output.Event!));
                Watch?.Invoke($"{id.Value}: {Text(output.Event!)}");
                Happened(id, output.Event!);
            }
        }
    }

    private void Happened(NodeId id, RingEvent what)
    {
        switch (what)
        {
            case RingEvent.Nominated when Grants:
                var term = new Term(1 + Nodes[id].Known.Counter, id);
                named[id] = term;
                Do(id, node => node.Lead(Now, term, outbox));
                break;
            case RingEvent.Heard(var heard):
                named[id] = heard;
                break;
            case RingEvent.Collected(var nodes):
                Do(id, node => node.Paint(Now, Paint(named[id], nodes), outbox));
                break;
            default:
                break;
        }
    }

    private static string Text(RingMessage message)
    {
        var rest = message switch
        {
            RingMessage.Leader leader => Text(leader.Term),
            RingMessage.Collect collect => $"{Text(collect.Term)} ids={string.Join(',', collect.Ids.Select(id => id.Node.Value))}",
            RingMessage.Color color => Text(color.Colouring),
            _ => "",
        };
        return $"{message.GetType().Name.ToUpperInvariant()} origin={message.Origin.Node.Value} hops={message.Hops} {rest}".TrimEnd();
    }

    private static string Text(RingEvent what) => what switch
    {
        RingEvent.Heard(var term) => $"heard {Text(term)}",
        RingEvent.Collected(var nodes) => $"collected {string.Join(',', nodes.Select(node => node.Value))}",
        RingEvent.Coloured(var colouring) => $"coloured {Text(colouring)}",
        _ => what.GetType().Name.ToLowerInvariant(),
    };

    private static string Text(Term term) => $"term={term.Counter}.{term.Leader.Value}";

    private static string Text(Colouring colouring) =>
        $"{Text(colouring.Term)} version={colouring.Version} " +
        string.Join(' ', colouring.Colours.Select(one => $"{one.Key.Value}={one.Value}".ToLowerInvariant()));

    private Colouring Paint(Term term, IReadOnlyList<NodeId> nodes)
    {
        var others = nodes.Order().Where(node => node != term.Leader);
        var greens = (nodes.Count + 2) / 3;
        return new Colouring(term, ++version, others.Prepend(term.Leader)
            .Select((node, i) => (node, i < greens ? Colour.Green : Colour.Red))
            .ToImmutableSortedDictionary(one => one.node, one => one.Item2));
    }
}
