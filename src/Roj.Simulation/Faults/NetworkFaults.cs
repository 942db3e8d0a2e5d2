using Roj.Kernel;
using Roj.Simulation.Network;

namespace Roj.Simulation.Faults;

/// <summary>What a nemesis does to wires.</summary>
internal sealed class NetworkFaults(World world, Nemesis nemesis, Rng rng)
{
    private readonly LinkConditions usual = world.Network.Conditions;

    private SimNetwork Network => world.Network;

    internal bool Strike(FaultClass fault) =>
        fault switch
        {
            // Up to 30 %: TigerBeetle's simulator loses 0–30 %, replays 0–50 %.
            FaultClass.Loss => Spoil(fault, 300_000, (now, ppm) => now with { LossPpm = ppm }, now => now with { LossPpm = usual.LossPpm }),
            FaultClass.Duplicate => Spoil(
                fault, 500_000, (now, ppm) => now with { DuplicatePpm = ppm }, now => now with { DuplicatePpm = usual.DuplicatePpm }),
            FaultClass.Reorder => Spoil(
                fault, 500_000, (now, ppm) => now with { ReorderPpm = ppm }, now => now with { ReorderPpm = usual.ReorderPpm }),
            FaultClass.DelayTail => Spoil(
                fault, 200_000, (now, ppm) => now with { TailPpm = ppm }, now => now with { TailPpm = usual.TailPpm }),
            FaultClass.Corrupt => Spoil(
                fault, 100_000, (now, ppm) => now with { CorruptPpm = ppm }, now => now with { CorruptPpm = usual.CorruptPpm }),
            FaultClass.Truncate => Spoil(
                fault, 100_000, (now, ppm) => now with { TruncatePpm = ppm }, now => now with { TruncatePpm = usual.TruncatePpm }),
            _ when world.Machines.Count < 2 => false,
            FaultClass.Clog => Clog(),
            FaultClass.Swizzle => Swizzle(),
            FaultClass.OneWay => OneWay(),
            FaultClass.Split => Split(fault, bridge: false),
            FaultClass.Bridge => Split(fault, bridge: true),
            FaultClass.BroadcastSplit => BroadcastSplit(),
            _ => CapRate(),
        };

    private bool Spoil(
        FaultClass fault, int ppmMax, Func<LinkConditions, int, LinkConditions> spoil, Func<LinkConditions, LinkConditions> mend)
    {
        if (nemesis.Lasts(fault))
            return false;
        // A light drizzle is as likely as a storm.
        var ppm = 1 + rng.Next(Math.Max(1, ppmMax >> rng.Next(8)));
        Network.Conditions = spoil(Network.Conditions, ppm);
        nemesis.Afflict(fault, null, nemesis.SomeTime(), $"{fault} {ppm} ppm", () => Network.Conditions = mend(Network.Conditions));
        return true;
    }

    private bool Clog()
    {
        var (from, to) = Pair();
        var lasts = nemesis.SomeTime() / 4; // a mean of at most 5 s, as in TigerBeetle's simulator
        Network.Clog(from, to, world.Now + lasts);
        nemesis.Record($"Clog {from.Name} to {to.Name} for {(long)lasts.TotalMilliseconds} ms");
        return true;
    }

    private bool Swizzle()
    {
        if (nemesis.Lasts(FaultClass.Swizzle))
            return false;
        var victims = Shuffled();
        victims = victims[..rng.Next(1, victims.Length)];
        var step = nemesis.SomeTime() / 4 / victims.Length;
        var allStopped = world.Now + (step * victims.Length);
        var deed = $"Swizzle {Names(victims)}, {(long)step.TotalMilliseconds} ms apart";
        nemesis.Afflict(FaultClass.Swizzle, null, step * victims.Length * 2, deed, () => { });
        var restarts = Enumerable.Range(1, victims.Length).ToArray();
        rng.Shuffle<int>(restarts);
        for (var i = 0; i < victims.Length; i++)
        {
            var (victim, until) = (victims[i], allStopped + (step * restarts[i]));
            world.Schedule(world.Now + (step * i), () => ClogAll(victim, until));
        }

        return true;
    }

    private void ClogAll(Machine victim, Instant until)
    {
        if (nemesis.HasHealed)
            return;
        foreach (var other in world.Machines)
        {
            Network.Clog(victim, other, until);
            Network.Clog(other, victim, until);
        }
    }

    private bool OneWay()
    {
        var (from, to) = Pair();
        Network.Block(from, to);
        nemesis.Afflict(
            FaultClass.OneWay, null, nemesis.SomeTime(), $"OneWay: {from.Name} to {to.Name} is cut", () => Network.Unblock(from, to));
        return true;
    }

    private bool Split(FaultClass fault, bool bridge)
    {
        if (nemesis.Lasts(fault) || (bridge && world.Machines.Count < 3))
            return false;
        var groups = Halves();
        if (bridge)
            groups[rng.Next(groups.Length)] = -1;
        Network.Partition(groups);
        nemesis.Afflict(fault, null, nemesis.SomeTime(), $"{fault} {string.Join(' ', groups)}", () => Network.Unpartition(groups));
        return true;
    }

    private bool BroadcastSplit()
    {
        if (nemesis.Lasts(FaultClass.BroadcastSplit))
            return false;
        var groups = Halves();
        foreach (var machine in world.Machines)
            Network.SetBroadcastDomain(machine, groups[machine.Id]);
        nemesis.Afflict(FaultClass.BroadcastSplit, null, nemesis.SomeTime(), $"BroadcastSplit {string.Join(' ', groups)}", () =>
        {
            foreach (var machine in world.Machines)
                Network.SetBroadcastDomain(machine, 0);
        });
        return true;
    }

    private bool CapRate()
    {
        if (nemesis.Lasts(FaultClass.RateCap))
            return false;
        var machine = rng.Pick(world.Machines);
        var (egress, ingress) = (20_000L << rng.Next(8), 20_000L << rng.Next(8));
        Network.SetRate(machine, egress, ingress);
        var deed = $"RateCap {machine.Name} {egress}/{ingress} B/s";
        nemesis.Afflict(FaultClass.RateCap, null, nemesis.SomeTime(), deed, () => Network.SetRate(machine, 0, 0));
        return true;
    }

    /// <summary>Group 0 or 1 for each machine, both in use.</summary>
    private int[] Halves()
    {
        var groups = new int[world.Machines.Count];
        var order = Shuffled();
        foreach (var machine in order[..rng.Next(1, order.Length)])
            groups[machine.Id] = 1;
        return groups;
    }

    private (Machine From, Machine To) Pair()
    {
        var order = Shuffled();
        return (order[0], order[1]);
    }

    private Machine[] Shuffled()
    {
        var order = world.Machines.ToArray();
        rng.Shuffle<Machine>(order);
        return order;
    }

    private static string Names(IEnumerable<Machine> machines) => string.Join(' ', machines.Select(one => one.Name));
}
