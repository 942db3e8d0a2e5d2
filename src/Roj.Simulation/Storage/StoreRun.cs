using System.Globalization;
using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Faults;
using Roj.Simulation.Swarms;
using Roj.Storage;

namespace Roj.Simulation.Storage;

/// <summary>One run of a seed: nodes that keep keys for clients while things go wrong; healed, all copies are alike, and nothing that was
/// acknowledged is missing.</summary>
public sealed class StoreRun
{
    /// <summary>How long after healing all copies must be alike.</summary>
    public static TimeSpan SettledLimit { get; } = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan lookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan second = TimeSpan.FromSeconds(1);

    // Far more than any honest run takes: what goes on past it goes round in circles.
    private const long EventsMax = 2_000_000;

    private readonly StoreTown town;
    private readonly StoreClient[] clients;
    private readonly StoreChurn churn;
    private readonly StoreCheck check;
    private readonly StoreScan scan;
    private readonly Nemesis nemesis;

    /// <summary>Prepares the run of a seed.</summary>
    /// <param name="seed">The number that everything follows from.</param>
    /// <param name="sink">Receives the trace as text; null where it is not wanted.</param>
    public StoreRun(ulong seed, Action<string>? sink = null)
    {
        Setup = StoreSetup.Draw(seed);
        World = new World(seed, sink);
        town = new StoreTown(World, Setup);
        clients = [.. Enumerable.Range(0, Setup.Clients).Select(index => new StoreClient(town, index))];
        churn = new StoreChurn(town);
        check = new StoreCheck(town);
        scan = new StoreScan(town);
        nemesis = new Nemesis(World, Setup.Faults);
    }

    /// <summary>What runs it again, and shows each event.</summary>
    public string Command => $"roj sim storage --seed {World.Seed} --trace";

    /// <summary>What the run is like.</summary>
    public StoreSetup Setup { get; }

    /// <summary>The world it runs in.</summary>
    public World World { get; }

    /// <summary>What was done to it.</summary>
    public IEnumerable<string> Deeds => nemesis.Deeds.Concat(churn.Deeds).OrderBy(deed => decimal.Parse(
        deed.AsSpan(0, deed.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture));

    /// <summary>What happened in it that should happen sometimes.</summary>
    public Sights Sights => town.Watch.Sights;

    /// <summary>How long it took after healing until all copies were alike; null if they never were.</summary>
    public TimeSpan? HealTime { get; private set; }

    /// <summary>How each machine stands, for a report.</summary>
    public IEnumerable<string> Standings => town.Nodes.Select(node =>
        $"{node.Name} {node.Identity.ToString()[..8]}: {node.State}, life {node.Life}, sees {node.Here.Count}, follows {node.Term}, "
            + (node.Store is { } store
                ? $"map {store.Map?.Term} {store.Map?.Version}, {store.Hints} hints, {store.Calls} calls" : "no part"));

    /// <summary>Runs it.</summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    public string? Run()
    {
        try
        {
            return Live();
        }
        catch (BrokenInvariantException e)
        {
            return e.Message;
        }
    }

    private string? Live()
    {
        foreach (var node in town.Nodes)
        {
            if (Setup.StartsAt[node.Index] is { } at)
                World.Schedule(Instant.Zero + at, node.Boot);
        }

        if (Setup.MeetAt is { } meeting)
            BeginApart(meeting);
        foreach (var client in clients)
            client.Begin();
        churn.Begin(Setup.Faults.Until);
        nemesis.Start();
        RunFor(Setup.Faults.Until.SinceZero);
        Heal();
        RunFor((3 * second) + Setup.Faults.ClogsLast);
        if (Settle("after healing") is { } fault)
            return fault;
        return BeCalm() ?? (town.Nodes.Count > 1 ? Scan() : null) ?? (Setup.HasExile ? Exile() : null) ?? Bury() ?? Dark();
    }

    // The power of all goes the moment that something is acknowledged: it is on disks by then, slow as they are.
    private string? Dark()
    {
        var rng = World.RngFor("store/dark");
        for (var i = 0; i < 3; i++)
        {
            var isDark = false;
            void Watch(StoreNode node, StorageEffect.Answer answer)
            {
                if (isDark || answer.With is not StorageAnswer.Done || !rng.Chance(1, 4))
                    return;
                isDark = true;
                World.Schedule(World.Now, CutPower);
            }

            SlowDown(rng.Next(1, 40));
            town.Answered += Watch;
            foreach (var client in clients)
                client.Begin();
            World.Run(World.Now + (3 * second), () => isDark);
            RunFor(rng.Next(TimeSpan.Zero, second));
            town.Answered -= Watch;
            foreach (var client in clients)
                client.IsToStop = true;
            SlowDown(1);
            foreach (var node in town.Nodes)
                node.Boot();
            RunFor(second);
            if (Settle("after the dark") is { } fault)
                return fault;
        }

        return null;
    }

    private void CutPower()
    {
        Sights.Saw("the power of all goes");
        churn.Record("the power of all goes, just when something was acknowledged");
        foreach (var node in town.Nodes)
            node.PowerCut();
    }

    // Who is done without while keys are deleted, and forgotten, does not bring them back.
    private string? Exile()
    {
        var node = World.RngFor("store/exile").Pick(town.Nodes);
        var identity = node.Identity;
        churn.Record($"{node.Name} is told to be gone, and is, until what is deleted is forgotten");
        town.Gone.Add(identity);
        node.PowerCut();
        foreach (var client in clients)
            client.Begin();
        RunFor(3 * second);
        foreach (var client in clients)
            client.IsToStop = true;
        if (Bury() is { } fault)
            return fault;
        Sights.Saw("somebody comes back when all is forgotten");
        town.Gone.Remove(identity);
        node.Boot();
        RunFor(second);
        return Settle("after an exile");
    }

    // All that was deleted is forgotten, and stays deleted.
    private string? Bury()
    {
        string? unburied = null;
        for (var end = World.Now + SettledLimit; World.Now < end && World.Events < EventsMax; RunFor(lookEvery))
        {
            unburied = clients.Any(client => client.UnderWay is not null) ? "a client waits" : check.Unsettled() ?? check.Unburied();
            if (unburied is null)
                return check.Judge();
        }

        return $"3: {unburied}, {SettledLimit.TotalSeconds} s after the end";
    }

    private void Heal()
    {
        nemesis.HealAll();
        town.IsHealed = true;
        foreach (var client in clients)
            client.IsToStop = true;
        foreach (var node in town.Nodes)
        {
            town.Gone.Remove(node.Identity);
            if (Setup.StartsAt[node.Index] is not null)
                node.Boot();
        }
    }

    private void BeginApart(TimeSpan meeting)
    {
        var rng = World.RngFor("store/apart");
        var sides = town.Nodes.Select(_ => rng.Next(2)).ToArray();
        (sides[0], sides[^1]) = (0, 1);
        town.Sides = sides;
        Sights.Saw("two halves meet");
        World.Network.Partition(sides);
        World.Schedule(Instant.Zero + meeting, () => World.Network.Unpartition(sides));
    }

    // K1, K2, K3, K6 and 6: all is alike, and nothing is lost.
    private string? Settle(string when)
    {
        var begun = World.Now;
        for (var end = World.Now + SettledLimit; World.Now < end && World.Events < EventsMax; RunFor(lookEvery))
        {
            if (check.Unsettled() is not null || clients.Any(client => client.UnderWay is not null))
                continue;
            HealTime ??= World.Now - begun;
            return check.Judge() ?? scan.All();
        }

        return $"3: {check.Unsettled() ?? "a client waits"}, {SettledLimit.TotalSeconds} s {when}";
    }

    // All is well, but for wall clocks; and some come and go in good order.
    private string? BeCalm()
    {
        town.Watch.BeCalm(true);
        SlowDown(Setup.CalmSlowness);
        foreach (var client in clients)
            client.Begin();
        churn.Jumps(World.Now + (10 * second));
        RunFor(second);
        foreach (var node in town.Nodes.Where(node => node.Boots == 0))
        {
            Sights.Saw("somebody joins while all is calm");
            node.Boot();
        }

        StoreNode? leaver = null;
        if (Setup.HasLeave)
        {
            RunFor(second);
            leaver = town.Nodes[^1];
            Sights.Saw("somebody leaves while all is calm");
            churn.Record($"{leaver.Name} leaves, and all is calm");
            town.Gone.Add(leaver.Identity);
        }

        RunFor(8 * second);
        foreach (var client in clients)
            client.IsToStop = true;
        var fault = Settle("after a calm");
        town.Watch.BeCalm(false);
        SlowDown(1);
        if (leaver is not null)
            town.Gone.Remove(leaver.Identity);
        return fault;
    }

    private void SlowDown(int slowness)
    {
        foreach (var node in town.Nodes)
            node.Disk.Speed = node.Disk.Speed with { Slowness = slowness };
    }

    // Who dies, one at a time, is missed by nobody who lists keys.
    private string? Scan()
    {
        var rng = World.RngFor("store/deaths");
        for (var i = 0; i < 2; i++)
        {
            scan.Begin();
            foreach (var client in clients)
                client.Begin();
            var node = rng.Pick(town.Nodes);
            RunFor(rng.Next(TimeSpan.Zero, second));
            churn.Record($"{node.Name} dies, and is back 2 s later");
            node.PowerCut();
            RunFor(2 * second);
            node.Boot();
            RunFor(2 * second);
            foreach (var client in clients)
                client.IsToStop = true;
            scan.End();
            if (Settle("after a death") is { } fault)
                return fault;
        }

        return null;
    }

    private void RunFor(TimeSpan time) => World.Run(World.Now + time, () => World.Events > EventsMax);
}
