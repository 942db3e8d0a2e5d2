using Roj.Kernel;
using Roj.Simulation.Faults;

namespace Roj.Simulation.Swarms;

/// <summary>One run: a swarm of real nodes under the faults of its seed, then, healed, until every honest node has the file.</summary>
/// <remarks>Safety is checked at every step; liveness by a limit of virtual time after healing.</remarks>
public sealed class SwarmRun
{
    // After healing: streams cut off by a partition take up to 40 s to notice, then connections are made anew and the file moves.
    private static readonly TimeSpan HealedLimit = TimeSpan.FromSeconds(120);

    // Streams cut off without a word take 40 s to notice; then two that are complete stay together for another second.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(60);

    // Far more than any honest run takes: what goes on past it goes round in circles.
    private const long EventsMax = 20_000_000;

    private readonly SwarmTruth truth;
    private readonly SwarmInvariants invariants;
    private readonly SimNode[] nodes;
    private readonly Nemesis nemesis;

    /// <summary>Prepares the run of a seed.</summary>
    /// <param name="seed">The number that everything follows from.</param>
    /// <param name="sink">Receives the trace as text; null where it is not wanted.</param>
    public SwarmRun(ulong seed, Action<string>? sink = null)
    {
        Setup = SwarmSetup.Draw(seed);
        World = new World(seed, sink);
        World.Network.AddSubnet(new Subnet(0x0A000001, 24));
        var rng = World.RngFor("swarm");
        truth = new SwarmTruth(rng, Setup.FileBytes, Setup.PieceBytes);
        invariants = new SwarmInvariants(truth);
        nodes = [.. Enumerable.Range(0, Setup.Nodes).Select(index => Make(index, rng))];
        Fill(rng);
        nemesis = new Nemesis(World, Setup.Faults);
    }

    /// <summary>What the run is like.</summary>
    public SwarmSetup Setup { get; }

    /// <summary>The world it runs in.</summary>
    public World World { get; }

    /// <summary>What was done to it.</summary>
    public IReadOnlyList<string> Deeds => nemesis.Deeds;

    /// <summary>How often a piece was compared with the truth.</summary>
    public long Comparisons => invariants.Comparisons;

    /// <summary>How often a node banned another.</summary>
    public int Bans => invariants.Bans;

    /// <summary>How each node stands.</summary>
    public IEnumerable<string> Standings => nodes.Select(node => node.Standing);

    private IEnumerable<SimNode> Honest => nodes.Where(node => node.Manner.IsHonest());

    /// <summary>Runs it to its end. What went wrong; null if nothing did.</summary>
    public string? Run()
    {
        try
        {
            return RunToEnd();
        }
        catch (BrokenInvariantException e)
        {
            return e.Message;
        }
        catch (System.Diagnostics.UnreachableException e)
        {
            return $"an assertion failed: {e.Message}";
        }
    }

    private string? RunToEnd()
    {
        foreach (var node in nodes)
            World.Schedule(World.Now + node.Rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(1)), node.Boot);
        if (!Setup.Faults.MeanBetween.IsEmpty)
            nemesis.Start();
        LimitRates(nodes, Setup.BytesPerSecond);
        World.Run(Setup.Faults.Until);
        nemesis.HealAll();
        LimitRates(nodes, null);
        LimitRates(nodes.Take(Setup.SlowForGood), Setup.SlowBytesPerSecond);
        foreach (var node in nodes)
            node.Boot();
        var limit = World.Now + HealedLimit + Setup.SlowTime;
        if (!World.Run(limit, () => Honest.All(node => node.IsComplete) || World.Events > EventsMax))
            return $"not every honest node had the file {(limit - Setup.Faults.Until).TotalSeconds} s after healing";
        if (World.Events > EventsMax)
            return $"more than {EventsMax} events";
        Settle();
        if (nodes.FirstOrDefault(node => !SimStore.IsTidy(node.Disk)) is { } untidy)
            return $"{untidy.Name} has other files on its disk: {string.Join(", ", untidy.Disk.List())}";
        return Honest.FirstOrDefault(node => !invariants.IsRight(node)) is { } wrong ? $"{wrong.Name} has other bytes" : null;
    }

    private void Settle()
    {
        // Those that do harm never have enough; who keeps a slow link may take minutes to say goodbye.
        if (!Setup.Settles || Setup.Harmful > 0 || Setup.SlowForGood > 0)
            return;
        World.Run(World.Now + SettleTime);
        foreach (var node in nodes)
            SwarmInvariants.Settled(node);
    }

    private void LimitRates(IEnumerable<SimNode> limited, int? bytesPerSecond)
    {
        foreach (var node in limited)
            World.Network.SetRate(node, bytesPerSecond ?? 0, bytesPerSecond ?? 0);
    }

    private SimNode Make(int index, Rng rng)
    {
        var manner = Setup.Manners[index];
        var described = !Setup.OneDescription || index == 0 || manner is Manner.Misdescribing or Manner.Oversized;
        var isAlias = index > 0 && index <= Setup.Aliases;
        uint Address(int of) => 0x0A000001u + (uint)of;
        uint[] peers = Setup.Acquaintance switch
        {
            Acquaintance.All => [.. Enumerable.Range(0, Setup.Nodes).Select(Address)],
            Acquaintance.OneEarlier when index > 0 => [Address(rng.Next(index))],
            _ => [],
        };
        var settings = new SimNodeSettings
        {
            Described = isAlias ? truth.Info.Renamed("other.bin") : described ? truth.Info : null,
            Peers = peers,
            Finds = Setup.Acquaintance != Acquaintance.OneEarlier,
            Manner = manner,
        };
        return new SimNode(World, $"n{index}", Address(index), settings, invariants);
    }

    private void Fill(Rng rng)
    {
        var honest = Honest.Count();
        var contents = nodes.Select(_ => Junk(rng)).ToArray();
        var full = Setup.Holding switch
        {
            Holding.OneFull => 1,
            Holding.SomeFull => rng.Next(1, honest + 1),
            _ => 0,
        };
        for (var index = 0; index < nodes.Length; index++)
        {
            if (index < full || !nodes[index].Manner.IsHonest())
                contents[index] = truth.Bytes.ToArray(); // a liar looks like the best of peers
            else if (Setup.Holding == Holding.Scattered)
                contents[index] = new byte[truth.Bytes.Length];
        }

        for (var piece = 0; Setup.Holding == Holding.Scattered && piece < truth.Info.PieceCount; piece++)
            truth.Piece(piece).CopyTo(contents[rng.Next(honest)].AsSpan((int)truth.Info.Offset(piece)));
        for (var index = 0; index < nodes.Length; index++)
            nodes[index].Put(contents[index]);
    }

    private byte[] Junk(Rng rng)
    {
        if (Setup.Holding == Holding.OneFull)
            return [];
        var junk = new byte[rng.Next(2 * truth.Bytes.Length + 1)];
        rng.Fill(junk);
        return junk;
    }
}
