using Roj.Agreement;
using Roj.Election;
using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Faults;
using Roj.Simulation.Swarms;

namespace Roj.Simulation.Elections;

/// <summary>One run of a seed: nodes that elect who leads, and colour each other, while things go wrong; healed, all must name one leader
/// and keep it.</summary>
public sealed class ElectionRun
{
    /// <summary>How long after healing one leads whom all name, and all have the same colours.</summary>
    public static TimeSpan SettledLimit { get; } = TimeSpan.FromSeconds(40);

    /// <summary>How long nobody else may come to lead then.</summary>
    public static TimeSpan QuietTime { get; } = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ClaimsLast = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    // Far more than any honest run takes: what goes on past it goes round in circles.
    private const long EventsMax = 1_000_000;

    private readonly ElectionTown town;
    private readonly ElectionChurn churn;
    private readonly Nemesis nemesis;

    /// <summary>Prepares the run of a seed.</summary>
    /// <param name="seed">The number that everything follows from.</param>
    /// <param name="sink">Receives the trace as text; null where it is not wanted.</param>
    public ElectionRun(ulong seed, Action<string>? sink = null)
    {
        Setup = ElectionSetup.Draw(seed);
        World = new World(seed, sink);
        town = new ElectionTown(World, Setup);
        churn = new ElectionChurn(town);
        nemesis = new Nemesis(World, Setup.Faults);
    }

    /// <summary>What runs it again, and shows each event.</summary>
    public string Command => $"roj sim election --seed {World.Seed} --trace";

    /// <summary>What the run is like.</summary>
    public ElectionSetup Setup { get; }

    /// <summary>The world it runs in.</summary>
    public World World { get; }

    /// <summary>What was done to it.</summary>
    public IEnumerable<string> Deeds => nemesis.Deeds.Concat(churn.Deeds).OrderBy(deed => decimal.Parse(
        deed.AsSpan(0, deed.IndexOf(' ', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>What happened in it that should happen sometimes.</summary>
    public Sights Sights => town.Watch.Sights;

    /// <summary>How long it took after healing until all named one leader and had the same colours; null if it never was so.</summary>
    public TimeSpan? HealTime { get; private set; }

    /// <summary>How each machine stands, for a report.</summary>
    public IEnumerable<string> Standings => town.Nodes.Select(node => node.ToString());

    /// <summary>Runs it.</summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    public string? Run()
    {
        try
        {
            return Live() ?? town.Watch.Breach() ?? (town.Roster.Watch.Breach() is { } breach ? $"A3: {breach}" : null);
        }
        catch (BrokenInvariantException e)
        {
            return e.Message;
        }
    }

    private string? Live()
    {
        foreach (var node in town.Nodes)
            World.Schedule(Instant.Zero + Setup.StartsAt[node.Index], node.Machine.Boot);
        churn.Begin();
        nemesis.Start();
        RunFor(Setup.Faults.Until.SinceZero);
        nemesis.HealAll();
        town.Heal();
        RunFor(TimeSpan.FromSeconds(3) + Setup.Faults.ClogsLast);
        foreach (var node in town.Nodes)
            node.Machine.Boot();
        var healedAt = World.Now;
        if (Settle(town.Nodes, "after healing") is { } fault)
            return fault;
        HealTime = World.Now - healedAt;
        return (Setup.HasSplit ? Split() : null)
            ?? (!Setup.HasSilence ? null : Setup.Kind is ElectionKind.Ring ? FallDeaf() : FallSilent())
            ?? BeQuiet();
    }

    // E5 and C3. In quorum mode those who have no seat yet have heard of the leader too.
    private string? Settle(IReadOnlyList<ElectionNode> among, string when)
    {
        for (var end = World.Now + SettledLimit; World.Now < end && World.Events < EventsMax; RunFor(LookEvery))
        {
            if (Unsettled(among) is null)
                return null;
        }

        return Unsettled(among) is { } why ? $"{why}, {SettledLimit.TotalSeconds} s {when}" : null;
    }

    private string? Unsettled(IReadOnlyList<ElectionNode> among)
    {
        if (Setup.IsQuorum && among.Count == town.Nodes.Count
            && (town.Roster.Watch.Newest is not { Next: null } roster || roster.Members.Count < Math.Min(among.Count, ReplicaSet.MembersMax)
                || among.Any(node => node.Agreement?.Registers?.Roster?.Version != roster.Version)))
        {
            return $"A5: not all have a seat, and know it: {town.Roster.Watch.Newest}";
        }

        if (among.FirstOrDefault(node => node.Part is null) is { } silent)
            return $"E5: {silent.Name} does not take part";
        if (among[0].Part!.Election is not { Term: { } term, Colouring: var colouring })
            return $"E5: {among[0].Name} names no leader";
        if (among.FirstOrDefault(node => node.Identity == term.Leader)?.Part?.Election.Standing != new Standing.Leading(term))
            return $"E5: {among[0].Name} names a leader who does not lead, in term {term}";
        foreach (var node in among)
        {
            var its = node.Part!.Election.Term;
            if (its != term)
                return $"E5: {among[0].Name} names the leader of term {term}, {node.Name} that of {its?.ToString() ?? "none"}";
            if (!node.Part.Election.Colouring.Equals(colouring) && !town.Watch.IsForgetful)
                return $"C3: {among[0].Name} has the colours {colouring}, {node.Name} {node.Part.Election.Colouring}";
        }

        var greens = among.Count(node => node.Part!.Election.Own is Colour.Green);
        if (town.Watch.IsForgetful)
            return null;
        return greens != (among.Count + 2) / 3 || !colouring.Colours.Keys.SequenceEqual(among.Select(node => node.Identity).Order())
            ? $"C3: {greens} of {among.Count} are green, {colouring.Colours.Count} are coloured"
            : null;
    }

    // Each side that may has its leader; joined, there is one.
    private string? Split()
    {
        var rng = World.RngFor("election/split");
        var sides = town.Nodes.Select(_ => rng.Next(2)).ToArray();
        sides[0] = 0;
        sides[^1] = 1;
        Sights.Saw("a healthy network is split");
        World.Trace.Add(null, "election.split", string.Join(' ', sides));
        World.Network.Partition(sides);
        // The other side's leader is still named until he is missed.
        RunFor(TimeSpan.FromSeconds(3) + (6 * Setup.Heartbeat) + Setup.HelloPatience + Setup.Lease);
        foreach (var side in (int[])[0, 1])
        {
            var among = town.Nodes.Where(node => sides[node.Index] == side).ToArray();
            if (MayLead(among) && Settle(among, "after a split") is { } fault)
                return fault;
            if (!MayLead(among) && among.FirstOrDefault(node => node.Part?.Election.Term is not null) is { } misled)
                return $"E3: {misled.Name} names a leader, though its side of the split has no majority";
        }

        if (town.Nodes.Count(node => node.Part?.Election.Standing is Standing.Leading) > 1)
            Sights.Saw("two sides have a leader each");
        World.Network.Unpartition(sides);
        return Settle(town.Nodes, "after the sides met again");
    }

    // Who is seen, and not reached, is passed over, also while the leader is replaced.
    private string? FallDeaf()
    {
        var (leader, rng) = (Leader, World.RngFor("election/deaf"));
        var deaf = rng.Pick(town.Nodes.Where(node => node != leader).ToArray());
        if (Setup.IsQuorum)
            RunFor(ClaimsLast); // else one of his might be granted that he has made before: then he leads
        Sights.Saw("the ring: somebody is not reached");
        World.Trace.Add(null, "election.deaf", deaf.Name);
        deaf.Part!.IsDeaf = true;
        leader.Machine.Crash();
        RunFor(Setup.Lease + Setup.HelloPatience); // until it is missed
        var fault = MayLead([.. town.Nodes.Where(node => node != leader)])
            ? Settle([.. town.Nodes.Where(node => node != leader && node != deaf)], "after one died and one was not reached")
            : null;
        deaf.Part.IsDeaf = false;
        leader.Machine.Boot();
        return fault ?? Settle(town.Nodes, "after one came back and one was reached again");
    }

    // Who is seen, and not heard, does not lead for ever.
    private string? FallSilent()
    {
        var leader = Leader;
        Sights.Saw("a leader is not heard");
        leader.Part!.IsMute = true;
        for (var end = World.Now + SettledLimit; !OtherLeads(leader) && World.Now < end; RunFor(LookEvery))
        {
        }

        if (!OtherLeads(leader))
            return $"E5: {leader.Name} still leads, though nobody has heard him for {SettledLimit.TotalSeconds} s";
        leader.Part.IsMute = false;
        return Settle(town.Nodes, "after the leader was not heard");
    }

    private ElectionNode Leader => town.Nodes.First(node => node.Part?.Election.Standing is Standing.Leading);

    private bool OtherLeads(ElectionNode leader) =>
        town.Nodes.Any(node => node != leader && node.Part?.Election.Standing is Standing.Leading);

    private bool MayLead(IReadOnlyList<ElectionNode> side) =>
        !Setup.IsQuorum || town.Roster.Watch.Newest?.IsQuorum([.. side.Select(node => node.Identity).Order()]) is true;

    // E7.
    private string? BeQuiet()
    {
        var highest = town.Nodes[^1];
        if (!Setup.HasReturn || town.Nodes.Count == 1 || !MayLead([.. town.Nodes.Where(node => node != highest)]))
        {
            town.Watch.BeQuiet();
            RunFor(QuietTime);
            return Settle(town.Nodes, "later");
        }

        var hasLed = highest.Part?.Election.Standing is Standing.Leading;
        Sights.Saw(hasLed ? "a higher address comes back, which led" : "a higher address comes back");
        town.Watch.Excuse(highest);
        if (!hasLed)
            town.Watch.BeQuiet();
        highest.Machine.Crash();
        RunFor(Setup.Lease + Setup.HelloPatience); // until it is missed
        if (Settle([.. town.Nodes.Where(node => node != highest)], "after one died") is { } fault)
            return fault;
        town.Watch.BeQuiet();
        highest.Machine.Boot();
        RunFor(QuietTime);
        return Settle(town.Nodes, "after one came back");
    }

    private void RunFor(TimeSpan time) => World.Run(World.Now + time, () => World.Events > EventsMax);
}
