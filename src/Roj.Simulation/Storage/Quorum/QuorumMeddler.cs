using System.Globalization;
using Roj.Kernel;

namespace Roj.Simulation.Storage.Quorum;

/// <summary>Leaders who take turns and want slots elsewhere each time, and power that fails everywhere at once.</summary>
internal sealed class QuorumMeddler
{
    private static readonly TimeSpan darkest = TimeSpan.FromSeconds(2);

    private readonly QuorumTown town;
    private readonly Rng rng;
    private readonly List<string> deeds = [];

    public QuorumMeddler(QuorumTown town)
    {
        this.town = town;
        rng = town.World.RngFor("quorum/meddler");
    }

    /// <summary>What it did, in order.</summary>
    public IReadOnlyList<string> Deeds => deeds;

    public void Begin()
    {
        if (town.Setup.Moves is { } leads)
            Plan(leads, () => Lead(leads));
        if (town.Setup.Blackouts is { } cuts)
            Plan(cuts, () => BlackOut(cuts));
    }

    /// <summary>From now on one leads, and nobody is to have nothing.</summary>
    public void LeadWell()
    {
        if (town.Setup.Moves is null || town.Parts.FirstOrDefault(part => part.IsAble) is not { } first)
            return;
        foreach (var part in town.Parts)
            Appoint(part, part == first, []);
    }

    private static void Appoint(QuorumPart part, bool leads, IReadOnlyCollection<NodeId> shunned) =>
        part.Member.Do((registers, outbox) => registers.Lead(part.Member.Now, leads, shunned, outbox));

    private void Plan(TimeSpan mean, Action what)
    {
        var at = town.World.Now + rng.Next(mean / 4, mean * 2);
        if (at < town.Setup.Agreement.Faults.Until)
            town.World.Schedule(at, what);
    }

    private void Record(string deed)
    {
        deeds.Add(string.Create(CultureInfo.InvariantCulture, $"{town.World.Now} {deed}"));
        town.World.Trace.Add(null, "quorum.meddler", deed);
    }

    // Who led may not hear that another does.
    private void Lead(TimeSpan mean)
    {
        Plan(mean, () => Lead(mean));
        if (town.PickAble(rng) is not { } leader)
            return;
        List<QuorumPart> shunned = [];
        foreach (var part in town.Parts)
        {
            if (town.Parts.Count - shunned.Count > town.Setup.LeastNodes && rng.Chance(1, 3))
                shunned.Add(part);
        }

        Record($"{leader.Member.Name} leads, nothing for {string.Join(", ", shunned.Select(part => part.Member.Name))}");
        foreach (var part in town.Parts.Where(part => part != leader && rng.Chance(4, 5)))
            Appoint(part, leads: false, []);
        Appoint(leader, leads: true, [.. shunned.Select(part => part.Member.Identity)]);
    }

    private void BlackOut(TimeSpan mean)
    {
        Plan(mean, () => BlackOut(mean));
        Record("no power anywhere");
        town.Saw("no power anywhere");
        foreach (var member in town.Agreement.Members)
        {
            if (member.State is MachineState.Down)
                continue; // what has put it out will start it
            member.PowerCut();
            town.World.Schedule(town.World.Now + rng.Next(TimeSpan.Zero, darkest), member.Boot);
        }
    }
}
