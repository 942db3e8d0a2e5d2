using Roj.Kernel;

namespace Roj.EndToEnd;

/// <summary>Draws a plan from a seed: the same seed gives the same plan everywhere.</summary>
internal static class PlanGenerator
{
    // Addresses that a host may have; 254 is the test program's own.
    private const int AddressesMin = 1;
    private const int AddressesLimit = LabWiring.ObserverNumber;

    // Junk may be longer than the file, but all disks together shall stay near what the scenario says.
    private const int JunkBeyondTheEndMax = 256 * 1024;

    /// <summary>The plan that belongs to <paramref name="seed"/>.</summary>
    public static Plan Draw(Scenario scenario, ulong seed)
    {
        var rng = new Rng(seed);
        var addresses = scenario.Addresses ?? DrawAddresses(scenario.Nodes, rng.Fork());
        var file = DrawFile(scenario, rng.Fork());
        var data = DrawData(scenario, file, rng.Fork());
        var peers = DrawPeers(scenario, addresses, [.. data.Select(node => IsFull(node, file))], rng.Fork());
        var onlyKnower = rng.Next(scenario.Nodes);
        var forms = rng.Fork();
        var nodes = Enumerable.Range(0, scenario.Nodes).Select(i =>
        {
            var knows = !scenario.OneKnowsTheFile || i == onlyKnower;
            return new NodePlan(addresses[i], TorrentConf.Write(peers[i], knows ? file : null, forms), peers[i], knows, data[i]);
        });
        // Faults for a quarter to a half of the limit: the rest is for the nodes to finish in peace.
        var faultsFor = scenario.Faults is null ? TimeSpan.Zero : rng.Next(scenario.Limit / 4, scenario.Limit / 2);
        return new Plan(scenario, seed, file, [.. nodes], faultsFor, rng.NextUInt64());
    }

    // A container runtime gives addresses one after the other; real networks don't. Both happen here.
    private static byte[] DrawAddresses(int count, Rng rng)
    {
        var all = Enumerable.Range(AddressesMin, AddressesLimit - AddressesMin).Select(number => (byte)number).ToArray();
        if (rng.Chance(1, 2))
            return all[1..(count + 1)]; // .1 is the runtime's own there
        rng.Shuffle(all.AsSpan());
        return all[..count];
    }

    private static SharedFile DrawFile(Scenario scenario, Rng rng)
    {
        var length = rng.Next(scenario.FileBytes.Min, scenario.FileBytes.Max + 1);
        return SharedFile.Random(length, rng.Next(scenario.PartBytes.Min, scenario.PartBytes.Max + 1), rng);
    }

    private static InitialData[] DrawData(Scenario scenario, SharedFile file, Rng rng)
    {
        var order = Enumerable.Range(0, scenario.Nodes).ToArray();
        rng.Shuffle(order.AsSpan());
        var full = new InitialData(file.Bytes.Length, Enumerable.Range(0, file.PartCount).ToHashSet(), 0);
        switch (scenario.Spread)
        {
            case Spread.OneFull:
                return [.. order.Select(rank => rank == 0 ? full : new InitialData(rng.Chance(1, 2) ? 0 : null, NoParts, 0))];
            case Spread.EighthFull:
                var fullCount = Math.Max(1, scenario.Nodes / 8);
                return [.. order.Select(rank => rank < fullCount ? full : DrawJunk(file, rng))];
            default:
                var owned = order.Select(_ => new HashSet<int>()).ToArray();
                for (var part = 0; part < file.PartCount; part++)
                    rng.Pick(owned).Add(part);
                return [.. owned.Select(parts => new InitialData(file.Bytes.Length, parts, rng.NextUInt64()))];
        }
    }

    private static InitialData DrawJunk(SharedFile file, Rng rng)
    {
        var length = file.Bytes.Length;
        return rng.Next(6) switch
        {
            0 => new InitialData(null, NoParts, 0),
            1 => new InitialData(0, NoParts, 0),
            2 => new InitialData(length, NoParts, rng.NextUInt64()),
            3 => new InitialData(length + rng.Next(1, JunkBeyondTheEndMax), NoParts, rng.NextUInt64()),
            4 => new InitialData(rng.Next(length + 1), NoParts, rng.NextUInt64()),
            _ => new InitialData(
                rng.Next(length + JunkBeyondTheEndMax),
                Enumerable.Range(0, file.PartCount).Where(_ => rng.Chance(1, 2)).ToHashSet(),
                rng.NextUInt64()),
        };
    }

    private static byte[][] DrawPeers(Scenario scenario, IReadOnlyList<byte> addresses, bool[] full, Rng rng)
    {
        // Half of those that lack the file, every second in a random order.
        var lacking = Enumerable.Range(0, full.Length).Where(i => !full[i]).ToArray();
        rng.Shuffle(lacking.AsSpan());
        var lonely = lacking[..(lacking.Length / 2)];
        return [.. Enumerable.Range(0, full.Length).Select(i => scenario.Acquaintance switch
        {
            Acquaintance.Everybody => DrawList(addresses, i, rng),
            Acquaintance.HalfKnowNobody => lonely.Contains(i) ? [] : DrawList(addresses, i, rng),
            Acquaintance.OneEarlier => i == 0 ? [] : [addresses[rng.Next(i)]],
            _ => [],
        })];
    }

    // Everybody else in any order; sometimes the node itself too, and sometimes somebody who does not exist.
    private static byte[] DrawList(IReadOnlyList<byte> addresses, int own, Rng rng)
    {
        var withSelf = rng.Chance(1, 2);
        List<byte> peers = [.. addresses.Where(address => withSelf || address != addresses[own])];
        if (rng.Chance(1, 4))
            peers.Add(rng.Pick([.. Enumerable.Range(AddressesMin, AddressesLimit - 1).Select(n => (byte)n).Except(addresses)]));
        rng.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(peers));
        return [.. peers];
    }

    private static IReadOnlySet<int> NoParts => new HashSet<int>();

    private static bool IsFull(InitialData data, SharedFile file) =>
        data.Length == file.Bytes.Length && data.RightParts.Count == file.PartCount;
}
