using System.Globalization;
using Roj.Kernel;

namespace Roj.Simulation.Storage.Quorum;

/// <summary>Leaders who take turns and want slots elsewhere each time, nodes that leave, clocks on walls that are set, and power that fails
/// everywhere at once.</summary>
internal sealed class QuorumMeddler
{
    private static readonly TimeSpan darkest = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan stays = TimeSpan.FromSeconds(4);

    private readonly QuorumTown town;
    private readonly Rng rng;
    private readonly List<string> deeds = [];
    private bool isCutting; // when somebody hears next that what he wrote is there

    public QuorumMeddler(QuorumTown town)
    {
        this.town = town;
        rng = town.World.RngFor("quorum/meddler");
        town.Acknowledged += () =>
        {
            if (isCutting && town.World.Now < town.Setup.Agreement.Faults.Until)
                town.World.Schedule(town.World.Now, BlackOut);
            isCutting = false;
        };
    }

    /// <summary>What it did, in order.</summary>
    public IReadOnlyList<string> Deeds => deeds;

    public void Begin()
    {
        if (town.Setup.Moves is { } leads)
            Plan(leads, () => Lead(leads));
        if (town.Setup.Blackouts is { } cuts)
            Plan(cuts, () => BlackOut(cuts));
        if (town.Setup.ClockJumps is { } jumps)
            Plan(jumps, () => Jump(jumps));
        if (town.Setup.Leaves is { } leaves)
            Plan(leaves, () => Leave(leaves));
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
        bool IsMember(QuorumPart part) => leader.Member.Registers!.Roster?.Members.Contains(part.Member.Identity) is true;
        var left = town.Parts.Count(IsMember); // who is to come yet may come late
        foreach (var part in town.Parts.Where(_ => rng.Chance(1, 3)))
        {
            if (IsMember(part) && --left < town.Setup.LeastNodes)
                break;
            shunned.Add(part);
        }

        // Who leads before there is a roster can't tell who will be in it: all that are left might be one whose disk is lost later.
        if (leader.Member.Registers!.Roster is null && town.Setup.LeastNodes > 1)
            shunned.Clear();
        Record($"{leader.Member.Name} leads, nothing for {string.Join(", ", shunned.Select(part => part.Member.Name))}");
        foreach (var part in town.Parts.Where(part => part != leader && rng.Chance(4, 5)))
            Appoint(part, leads: false, []);
        Appoint(leader, leads: true, [.. shunned.Select(part => part.Member.Identity)]);
    }

    private void BlackOut(TimeSpan mean)
    {
        Plan(mean, () => BlackOut(mean));
        if (rng.Chance(1, 2))
            BlackOut();
        else
            isCutting = true;
    }

    private void BlackOut()
    {
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

    private void Jump(TimeSpan mean)
    {
        Plan(mean, () => Jump(mean));
        var part = rng.Pick(town.Parts);
        town.Set(part, rng);
        town.Saw("a clock is set");
        Record($"the clock on the wall of {part.Member.Name} is set {part.Skew} ms ahead");
    }

    // It is taken out of the roster, and gone before or after that is done; what it has is moved away, or waits until it is here again.
    private void Leave(TimeSpan mean)
    {
        Plan(mean, () => Leave(mean));
        if (town.PickAble(rng) is not { } by || rng.Pick(town.Parts).Member is var leaver && leaver == by.Member)
            return;
        Record($"{leaver.Name} leaves, says {by.Member.Name}");
        town.Saw("somebody leaves");
        by.Member.Do((registers, outbox) => registers.Evict(by.Member.Now, leaver.Identity, outbox));
        var goes = town.World.Now + rng.Next(TimeSpan.Zero, stays);
        town.World.Schedule(goes, () =>
        {
            if (leaver.State is MachineState.Down)
                return;
            leaver.Crash();
            town.World.Schedule(town.World.Now + rng.Next(TimeSpan.Zero, stays), leaver.Boot);
        });
    }
}
