using System.Globalization;
using Roj.Kernel;

namespace Roj.Simulation.Storage;

/// <summary>Wall clocks that jump, disks that are wiped, nodes that are told to be gone and come back.</summary>
internal sealed class StoreChurn(StoreTown town)
{
    private readonly Rng rng = town.World.RngFor("store/churn");
    private readonly List<string> deeds = [];

    public IReadOnlyList<string> Deeds => deeds;

    public void Begin(Instant until)
    {
        if (town.Setup.Jumps is { } jumps)
            Plan(jumps, until, Jump);
        if (town.Setup.Wipes is { } wipes)
            Plan(wipes, until, Wipe);
        if (town.Setup.Evictions is { } evictions)
            Plan(evictions, until, Evict);
    }

    /// <summary>Wall clocks go on jumping.</summary>
    public void Jumps(Instant until)
    {
        if (town.Setup.Jumps is { } jumps)
            Plan(jumps, until, Jump);
    }

    public void Record(string deed)
    {
        deeds.Add(string.Create(CultureInfo.InvariantCulture, $"{town.World.Now} {deed}"));
        town.World.Trace.Add(null, "store.churn", deed);
    }

    private void Plan(TimeSpan mean, Instant until, Action what)
    {
        var at = town.World.Now + rng.Next(mean / 4, mean * 2);
        if (at >= until)
            return;
        town.World.Schedule(at, () =>
        {
            what();
            Plan(mean, until, what);
        });
    }

    private void Jump()
    {
        var node = rng.Pick(town.Nodes);
        node.Offset += rng.Next(-7_200_000, 7_200_001);
        town.Watch.Sights.Saw("a wall clock jumps");
        Record($"the wall clock of {node.Name} jumps");
    }

    private void Wipe()
    {
        if (town.IsHealed || town.Nodes.Where(node => node.Boots > 0).ToArray() is not { Length: > 0 } able)
            return;
        var (node, away) = (rng.Pick(able), rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(4)));
        Record($"{node.Name} is wiped, and comes back as another {(long)away.TotalMilliseconds} ms later");
        town.Watch.Sights.Saw("a disk is wiped");
        node.Retire();
        town.World.Schedule(town.World.Now + away, node.Boot);
    }

    private void Evict()
    {
        if (town.IsHealed || town.Gone.Count(gone => town.PlaceOf(gone) is not null) >= town.Nodes.Count - town.Setup.Copies)
            return;
        var (node, away) = (rng.Pick(town.Nodes), rng.Next(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)));
        var (identity, isDown) = (node.Identity, rng.Chance(2, 3));
        Record($"{node.Name} is told to be gone{(isDown ? ", and is" : "")}, for {(long)away.TotalMilliseconds} ms");
        town.Watch.Sights.Saw(isDown ? "somebody is evicted" : "somebody is evicted who is there");
        town.Gone.Add(identity);
        if (isDown)
            node.PowerCut();
        town.World.Schedule(town.World.Now + away, () =>
        {
            if (node.Identity == identity)
                town.Gone.Remove(identity);
            node.Boot();
        });
    }
}
