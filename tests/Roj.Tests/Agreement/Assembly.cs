using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Agreement;

/// <summary>Nodes that agree, on one clock, over a network that delivers in order unless it is told otherwise.</summary>
internal sealed class Assembly
{
    private readonly SortedDictionary<NodeId, Registers> nodes = [];
    private readonly SortedDictionary<NodeId, TestStore> stores = [];
    private readonly SortedDictionary<NodeId, uint> boots = [];
    private readonly Rng rng;
    private readonly int slots;

    public Assembly(int count, ulong seed = 1, int? expected = null, int slots = Placement.SlotsMax)
    {
        this.slots = slots;
        rng = new Rng(seed);
        for (var i = 1; i <= count; i++)
            Start(Id(i), expected ?? count);
    }

    public Instant Now { get; private set; } = Instant.Zero + TimeSpan.FromSeconds(100);

    public AgreementOutbox Outbox { get; } = new();

    public List<(NodeId From, NodeId To, AgreementMessage Message)> Mail { get; } = [];

    public List<(NodeId Node, AgreementEvent Event)> Events { get; } = [];

    /// <summary>Who can't be reached, and reaches nobody.</summary>
    public SortedSet<NodeId> CutOff { get; } = [];

    public IEnumerable<NodeId> Up => nodes.Keys;

    public Registers this[int number] => nodes[Id(number)];

    public static NodeId Id(int number) => new((UInt128)(uint)number);

    public TestStore StoreOf(int number) => stores[Id(number)];

    /// <summary>So many that have met, and vote.</summary>
    public static Assembly Born(int count, int slots = Placement.SlotsMax)
    {
        var all = new Assembly(count, slots: slots);
        all.RunUntil(() => Enumerable.Range(1, count).All(number => all[number].IsVoting), TimeSpan.FromSeconds(10));
        return all;
    }

    public void Start(NodeId id, int expected)
    {
        stores.TryAdd(id, new TestStore());
        boots[id] = boots.GetValueOrDefault(id) + 1;
        var settings = new RegistersSettings { Self = id, Boot = boots[id], Expected = expected, Slots = slots };
        nodes[id] = new Registers(Now, settings, stores[id], rng.Fork());
        nodes[id].Start(Now, Outbox);
        CarryOut(id);
        TellWhoIsHere();
    }

    public void StartFrom(NodeId id, TestStore image, uint boot)
    {
        (stores[id], boots[id]) = (image, boot);
        Start(id, expected: 0);
    }

    public void Kill(NodeId id)
    {
        nodes.Remove(id);
        Mail.RemoveAll(letter => letter.To == id);
        TellWhoIsHere();
    }

    public void TellWhoIsHere()
    {
        foreach (var (id, node) in nodes.ToArray())
        {
            node.Alive(Now, [.. nodes.Keys.Where(other => !CutOff.Contains(id) && !CutOff.Contains(other))], Outbox);
            CarryOut(id);
        }
    }

    public void Do(int number, Action<Registers> what)
    {
        what(nodes[Id(number)]);
        CarryOut(Id(number));
    }

    public void Deliver(int index = 0)
    {
        var (from, to, message) = Mail[index];
        Mail.RemoveAt(index);
        if (!nodes.TryGetValue(to, out var node) || (from != to && (CutOff.Contains(from) || CutOff.Contains(to))))
            return;
        // Through the bytes, as it goes in the world.
        Assert.Equal(ReadStatus.Done, AgreementCodec.TryRead(AgreementCodec.Write(message), out var read, out _));
        node.Receive(Now, from, read!, Outbox);
        CarryOut(to);
    }

    /// <summary>Delivers what is chosen of all that is on its way, and of what follows from it.</summary>
    public void DeliverAll(Func<(NodeId From, NodeId To, AgreementMessage Message), bool> which)
    {
        while (Mail.FindIndex(letter => which(letter)) is >= 0 and var index)
            Deliver(index);
    }

    public void Pass(TimeSpan time)
    {
        Now += time;
        foreach (var (id, node) in nodes.ToArray())
        {
            if (node.Deadline <= Now)
                node.Tick(Now, Outbox);
            CarryOut(id);
        }
    }

    /// <summary>Lets time pass, all that is said being delivered at once.</summary>
    public void Run(TimeSpan time)
    {
        for (var until = Now + time; Now < until;)
        {
            for (var i = 0; i < 10_000 && Mail.Count > 0; i++)
                Deliver();
            Pass(TimeSpan.FromMilliseconds(10));
        }
    }

    public void RunUntil(Func<bool> isSo, TimeSpan atMost)
    {
        for (var until = Now + atMost; !isSo();)
        {
            Assert.True(Now < until, "it does not come to that");
            Run(TimeSpan.FromMilliseconds(10));
        }
    }

    public Outcome Ask(int number, RegisterName name, RegisterChange? change, ushort slot = 0)
    {
        var id = default(ChangeId);
        Do(number, node => id = node.Ask(Now, slot, name, change, Outbox));
        Outcome? outcome = null;
        RunUntil(() => (outcome = OutcomeOf(id)) is not null, TimeSpan.FromSeconds(20));
        return outcome!;
    }

    public Outcome? OutcomeOf(ChangeId id) =>
        Events.Select(one => one.Event).OfType<AgreementEvent.Ended>().LastOrDefault(ended => ended.Outcome.Id == id)?.Outcome;

    private void CarryOut(NodeId id)
    {
        for (var i = 0; i < Outbox.Count; i++)
        {
            if (Outbox[i].Message is { } message)
                Mail.Add((id, Outbox[i].To, message));
            else if (Outbox[i].Effect is AgreementEffect.Save save)
                stores[id].Save(save);
            else if (Outbox[i].Event is { } what)
                Events.Add((id, what));
        }

        Outbox.Clear();
    }
}
