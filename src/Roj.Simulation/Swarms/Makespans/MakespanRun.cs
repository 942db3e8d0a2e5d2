using Roj.Kernel;
using Roj.Simulation.Disk;
using Roj.Simulation.Network;

namespace Roj.Simulation.Swarms.Makespans;

/// <summary>Runs a <see cref="MakespanSetup"/>: production nodes, rated links, no faults, and processors that cost nothing.</summary>
/// <remarks>It says what the protocol makes of the wire. What the processors make of it, <c>bench/</c> measures.</remarks>
public static class MakespanRun
{
    // Files in memory, and SHA-1 with the processor's own instructions.
    private static readonly DiskSpeed FileInMemory = new() { Seek = default, BytesPerSecond = 1_400_000_000 };

    /// <summary>Runs it until every receiver has the file.</summary>
    /// <param name="setup">What to run.</param>
    /// <param name="sink">Receives the trace as text; null where it is not wanted.</param>
    /// <exception cref="BrokenInvariantException">A node believes in a file that is wrong, or bans somebody.</exception>
    public static MakespanResult Run(MakespanSetup setup, Action<string>? sink = null)
    {
        ArgumentNullException.ThrowIfNull(setup);
        var world = new World(setup.Seed, sink);
        world.Network.AddSubnet(new Subnet(0x0A000001, 24));
        world.Network.WindowBytes = setup.WindowBytes;
        world.Network.Conditions = LinkConditions.Lan with { DelayMin = setup.Latency, DelayMax = setup.Latency * 3 / 2 };
        var truth = new SwarmTruth(world.RngFor("swarm"), setup.FileBytes, setup.PieceBytes, twins: false);
        var log = new DeliveryLog(truth.Info, 1 + setup.Receivers + setup.Harmful);
        var invariants = new SwarmInvariants(truth) { LooksAtMessages = false };
        var indices = Enumerable.Range(0, 1 + setup.Receivers + setup.Harmful);
        SimNode[] nodes = [.. indices.Select(index => Make(index, setup, world, truth, invariants, log))];
        nodes[0].Put(truth.Bytes.Span);
        foreach (var node in nodes)
        {
            world.Network.SetRate(node, setup.BytesPerSecond, setup.BytesPerSecond);
            if (!node.Manner.IsHonest())
                node.Put(truth.Bytes.Span);
            node.Boot();
        }

        var lacking = 1; // looked at one after another: almost every event leaves the first that lacks something as it is
        var isDone = world.Run(Instant.Zero + setup.Limit, () =>
        {
            while (lacking <= setup.Receivers && nodes[lacking].IsComplete)
                lacking++;
            return lacking > setup.Receivers;
        });
        return Judge(setup, truth, world, nodes, log, isDone);
    }

    private static SimNode Make(
        int index, MakespanSetup setup, World world, SwarmTruth truth, SwarmInvariants invariants, DeliveryLog log)
    {
        const uint Seeder = 0x0A000001;
        var isHarmful = index > setup.Receivers;
        var settings = new SimNodeSettings
        {
            Described = isHarmful || index == 0 || setup.AllDescribed ? truth.Info : null,
            Manner = isHarmful ? Manners.Harmful[index % Manners.Harmful.Length] : Manner.Honest,
            Peers = index == 0 ? [] : [Seeder],
            Finds = setup.Finds,
            Tune = setup.Tune,
            Log = log,
        };
        var node = new SimNode(world, $"n{index}", Seeder + (uint)index, settings, invariants);
        node.Disk.Speed = FileInMemory;
        node.Disk.CanLosePower = false;
        return node;
    }

    private static MakespanResult Judge(
        MakespanSetup setup, SwarmTruth truth, World world, SimNode[] nodes, DeliveryLog log, bool isDone)
    {
        var capacity = setup.BytesPerSecond * (world.Now - Instant.Zero).TotalSeconds;
        var reports = nodes.Select(node =>
        {
            var came = log.Deliveries.Where(one => one.To == node.Id).ToArray();
            long received = came.Sum(one => one.Block.Length);
            var sent = log.Deliveries.Sum(one => one.From == node.Id ? (long)one.Block.Length : 0);
            return new NodeReport(
                node.Name,
                sent,
                received,
                came.Sum(one => one.RepeatedBytes),
                sent / capacity,
                received / capacity,
                FirstPiece(truth, came),
                log.CompleteAt(node.Id) - Instant.Zero);
        });
        return new MakespanResult
        {
            Setup = setup,
            Makespan = isDone ? world.Now - Instant.Zero : null,
            Nodes = [.. reports],
            CopiesBySeeder = CopiesBySeeder(truth, log),
            Deliveries = log.Deliveries,
            Events = world.Events,
        };
    }

    private static TimeSpan? FirstPiece(SwarmTruth truth, Delivery[] came)
    {
        var got = new int[truth.Info.PieceCount];
        foreach (var (_, ended, _, _, block, repeated) in came)
        {
            got[block.Piece] += block.Length - repeated;
            if (got[block.Piece] >= truth.Info.PieceSize(block.Piece))
                return ended - Instant.Zero;
        }

        return null;
    }

    private static double[] CopiesBySeeder(SwarmTruth truth, DeliveryLog log)
    {
        var bytes = new long[truth.Info.PieceCount];
        foreach (var (_, _, from, _, block, _) in log.Deliveries)
            bytes[block.Piece] += from == 0 ? block.Length : 0;
        return [.. bytes.Select((sent, piece) => (double)sent / truth.Info.PieceSize(piece))];
    }
}
