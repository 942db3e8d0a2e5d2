using System.Globalization;
using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Faults;
using Roj.Simulation.Swarms;
using Roj.Token;

namespace Roj.Simulation.Tokens;

/// <summary>One run of a seed: nodes that pass a token round while things go wrong; healed, it goes round, one and no more.</summary>
public sealed class TokenRun
{
    private static readonly TimeSpan lookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan heartbeat = TimeSpan.FromMilliseconds(500);

    // Far more than any honest run takes: what goes on past it goes round in circles.
    private const long EventsMax = 1_000_000;

    private readonly TokenTown town;
    private readonly TokenChurn churn;
    private readonly Nemesis nemesis;

    /// <summary>Prepares the run of a seed.</summary>
    /// <param name="seed">The number that everything follows from.</param>
    /// <param name="sink">Receives the trace as text; null where it is not wanted.</param>
    public TokenRun(ulong seed, Action<string>? sink = null)
    {
        Setup = TokenSetup.Draw(seed);
        World = new World(seed, sink);
        town = new TokenTown(World, Setup);
        churn = new TokenChurn(town);
        nemesis = new Nemesis(World, Setup.Faults);
    }

    /// <summary>What runs it again, and shows each event.</summary>
    public string Command => $"roj sim token --seed {World.Seed} --trace";

    /// <summary>What the run is like.</summary>
    public TokenSetup Setup { get; }

    /// <summary>The world it runs in.</summary>
    public World World { get; }

    /// <summary>What was done to it.</summary>
    public IEnumerable<string> Deeds => nemesis.Deeds.Concat(churn.Deeds).OrderBy(deed => decimal.Parse(
        deed.AsSpan(0, deed.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture));

    /// <summary>What happened in it that should happen sometimes.</summary>
    public Sights Sights => town.Watch.Sights;

    /// <summary>How long it took after healing until there was one token and all knew; null if it never was so.</summary>
    public TimeSpan? HealTime { get; private set; }

    /// <summary>How each machine stands, for a report.</summary>
    public IEnumerable<string> Standings => town.Nodes.Select(node => node.ToString());

    // In available mode the sum of the time-outs: until who is gone is missed, until the token is, until nobody has answered, until nobody
    // has objected; and until who was given it while he could not hear is given it again.
    private TimeSpan SettledLimit => Setup.IsQuorum
        ? TimeSpan.FromSeconds(40)
        : Setup.HelloPatience + TimeSpan.FromSeconds(2 + 2 + 2 + 0.5 + 2) + Setup.HoldMax + second;

    private TimeSpan Round => (Setup.HoldMax + TimeSpan.FromMilliseconds(50)) * Setup.Machines;

    /// <summary>Runs it.</summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    public string? Run()
    {
        try
        {
            return Live() ?? (town.Roster.Watch.Breach() is { } breach ? $"A3: {breach}" : null);
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
        if (Setup.MeetAt is { } meeting)
            BeginApart(meeting);
        churn.Begin();
        nemesis.Start();
        RunFor(Setup.Faults.Until.SinceZero);
        nemesis.HealAll();
        town.Heal();
        RunFor((3 * second) + Setup.Faults.ClogsLast);
        foreach (var node in town.Nodes)
            node.Machine.Boot();
        var healedAt = World.Now;
        if (Settle(town.Nodes, "after healing") is { } fault)
            return fault;
        HealTime = World.Now - healedAt;
        return (Setup.HasSplit ? Split() : null) ?? GoRound(town.Nodes) ?? (Setup.HasLeave ? Leave() : null);
    }

    private void BeginApart(TimeSpan meeting)
    {
        var sides = DrawSides(World.RngFor("token/apart"));
        Sights.Saw("two halves meet");
        World.Network.Partition(sides);
        World.Schedule(Instant.Zero + meeting, () => World.Network.Unpartition(sides));
    }

    private int[] DrawSides(Rng rng)
    {
        var sides = town.Nodes.Select(_ => rng.Next(2)).ToArray();
        sides[0] = 0;
        sides[^1] = 1;
        return sides;
    }

    // Invariant 1.
    private string? Settle(IReadOnlyList<TokenNode> among, string when)
    {
        for (var end = World.Now + SettledLimit; World.Now < end && World.Events < EventsMax; RunFor(lookEvery))
        {
            if (Unsettled(among) is null)
                return null;
        }

        return Unsettled(among) is { } why ? $"1: {why}, {SettledLimit.TotalSeconds} s {when}" : null;
    }

    private string? Unsettled(IReadOnlyList<TokenNode> among)
    {
        if (Setup.IsQuorum && among.Count == town.Nodes.Count
            && (Roster is not { Next: null } roster || roster.Members.Count < Math.Min(among.Count, ReplicaSet.MembersMax)
                || among.Any(node => node.Agreement?.Registers?.Roster?.Version != roster.Version)))
        {
            return $"A5: not all have a seat, and know it: {Roster}";
        }

        TokenNode? owner = null;
        foreach (var node in among)
        {
            if (node.Part is not { Passing: var its } part)
                return $"{node.Name} does not take part";
            if (part.Here.Count(other => among.Contains(other)) != among.Count - 1 || part.Here.Any(other => !among.Contains(other)))
                return $"{node.Name} does not see who is here";
            if (its.State is not (TokenState.Owner or TokenState.Waiter))
                return $"{node.Name} is {its.State}";
            if (its.State is TokenState.Owner && owner is not null)
                return $"{owner.Name} and {node.Name} are both owner";
            owner = its.State is TokenState.Owner ? node : owner;
        }

        return owner is null ? "nobody is owner"
            : among.FirstOrDefault(node => !node.Part!.Passing.Seen.IsOf(owner.Part!.Passing.Own)) is { } blind
                ? $"{blind.Name} has not heard of {owner.Name}'s token" : null;
    }

    // Each side that may has its owner; joined, there is one.
    private string? Split()
    {
        var rng = World.RngFor("token/split");
        var sides = DrawSides(rng);
        Sights.Saw("a healthy network is split");
        World.Trace.Add(null, "token.split", string.Join(' ', sides));
        World.Network.Partition(sides);
        var lease = Setup.Lease + (Setup.Lease / 5); // by a clock that goes slower than this one
        RunFor((lease > Setup.HelloPatience ? lease : Setup.HelloPatience) + second);
        foreach (var side in (int[])[0, 1])
        {
            var among = town.Nodes.Where(node => sides[node.Index] == side).ToArray();
            if (MayHold(among) && Settle(among, "after a split") is { } fault)
                return fault;
            if (!MayHold(among) && among.FirstOrDefault(node => node.Part?.Passing.State is TokenState.Owner) is { } owner)
                return $"T1: {owner.Name} is owner, though its side of the split has no majority";
        }

        RunFor(rng.Next(TimeSpan.Zero, 5 * second));
        if (town.Nodes.Select(node => node.Part?.Passing.Own).Where(own => own is { IsNone: false })
            .Select(own => own!.Value with { Sequence = 0, Progress = 0 }).Distinct().Count() > 1)
        {
            Sights.Saw("two sides have a token each");
        }

        World.Network.Unpartition(sides);
        return Settle(town.Nodes, "after the sides met again");
    }

    private ReplicaSet? Roster => town.Nodes.Select(node => node.Agreement?.Registers?.Roster).MaxBy(roster => roster?.Version ?? 0);

    private bool MayHold(IReadOnlyList<TokenNode> side) =>
        !Setup.IsQuorum || Roster?.IsQuorum([.. side.Select(node => node.Identity).Order()]) is true;

    // 6, T4 and T7: it goes round, and nobody is left out.
    private string? GoRound(IReadOnlyList<TokenNode> among)
    {
        RunFor(heartbeat); // who claimed while it was cut off takes no offers until that is over
        town.Watch.BeQuiet();
        var enough = 5 * among.Count;
        World.Run(World.Now + (8 * Round) + (5 * second), () => town.Watch.Turns.Count >= enough || World.Events > EventsMax);
        var turns = town.Watch.Turns;
        if (turns.Count < enough)
            return $"4: only {turns.Count} turns of {enough}, though all is quiet";
        foreach (var node in among)
        {
            var since = 0;
            var others = new SortedDictionary<int, int>();
            foreach (var (holder, _) in turns)
            {
                (since, var times) = holder == node ? (0, 0) : (since + 1, others.GetValueOrDefault(holder.Index) + 1);
                if (since == 0)
                    others.Clear();
                else
                    others[holder.Index] = times;
                if (since > 2 * among.Count)
                    return $"T4: {node.Name} has no turn in {since}";
                if (times > 2)
                    return $"T7: {holder.Name} has {times} turns, while {node.Name} has none";
            }
        }

        // What somebody knew better has joined the work when he had his turn.
        return Settle(among, "later") ?? (Setup.IsQuorum ? null : Forgotten(among));
    }

    private static string? Forgotten(IReadOnlyList<TokenNode> among)
    {
        var own = among.Select(node => node.Part!.Passing.Own).First(stamp => !stamp.IsNone);
        return among.FirstOrDefault(node => node.Part!.Passing.Memory.Best.Progress > own.Progress) is { } better
            ? $"data: {better.Name} knows {better.Part!.Passing.Memory.Best}, and all go on with {own}"
            : null;
    }

    // What is handed on is not lost: the others go on under the same epoch.
    private string? Leave()
    {
        World.Run(World.Now + Round + (5 * second), () => Owner is not null);
        if (Owner is not { Part.Passing.Own: var own } leaver)
            return "1: nobody is owner";
        var others = town.Nodes.Where(node => node != leaver).ToArray();
        if (!MayHold(others))
            return null;
        Sights.Saw("an owner leaves, and all is quiet");
        town.Watch.Excuse(leaver);
        var isGone = false;
        churn.Leave(leaver, 10 * second, () => isGone = true);
        World.Run(World.Now + (10 * second), () => isGone);
        RunFor(Setup.HelloPatience + (2 * Setup.HelloEvery) + second);
        if (Settle(others, "after one left") is { } fault)
            return fault;
        var now = others.Select(node => node.Part!.Passing.Own).First(stamp => !stamp.IsNone);
        if (!now.IsOf(own) || now.Epoch != own.Epoch)
            return $"4: {leaver.Name} leaves with {own}, and the others have {now}";
        if (GoRound(others) is { } stuck)
            return stuck;
        leaver.Machine.Boot();
        town.Watch.Excuse(null);
        return Settle(town.Nodes, "after who left came back") ?? GoRound(town.Nodes);
    }

    private TokenNode? Owner => town.Nodes.FirstOrDefault(node => node.Part?.Passing.State is TokenState.Owner);

    private void RunFor(TimeSpan time) => World.Run(World.Now + time, () => World.Events > EventsMax);
}
