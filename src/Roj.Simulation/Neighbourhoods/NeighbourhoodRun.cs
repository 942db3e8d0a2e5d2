using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Simulation.Faults;
using Roj.Simulation.Swarms;

namespace Roj.Simulation.Neighbourhoods;

/// <summary>One run of a seed: members that find and keep each other while things go wrong; healed, all must come to believe the
/// truth.</summary>
public sealed class NeighbourhoodRun
{
    /// <summary>How long after healing all must see exactly those who live (M5).</summary>
    public static TimeSpan HealedLimit { get; } = TimeSpan.FromSeconds(40);

    /// <summary>How long after a kill in a healthy network all others must know (M3): no probe is later than two rounds, but with ten
    /// members or more it is one of the first few that meets it.</summary>
    public static TimeSpan KillLimit { get; } = TimeSpan.FromSeconds(20);

    /// <summary>What an idle member may send in a second (M7), however many they are.</summary>
    public const int IdleBytesPerSecond = 1024;

    /// <summary>What it may send to find others while a sweep, 50 addresses a second, is not over yet.</summary>
    public const int SweepBytesPerSecond = 50 * Roj.Membership.Wire.HelloCodec.Length;

    private static readonly TimeSpan ClashLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SameLimit = TimeSpan.FromSeconds(60);

    // Far more than any honest run takes: what goes on past it goes round in circles.
    private const long EventsMax = 20_000_000;

    private readonly MemberInvariants invariants;
    private readonly SimMember[] members;
    private readonly SimMember? clone; // of the first
    private readonly Nemesis nemesis;
    private readonly Churn churn;
    private readonly Rng rng;

    /// <summary>Prepares the run of a seed.</summary>
    /// <param name="seed">The number that everything follows from.</param>
    /// <param name="sink">Receives the trace as text; null where it is not wanted.</param>
    public NeighbourhoodRun(ulong seed, Action<string>? sink = null)
        : this(seed, sink, hasKey: false)
    {
    }

    /// <summary>Prepares the run of a seed, among members with a key.</summary>
    /// <param name="seed">The number that everything follows from.</param>
    /// <param name="sink">Receives the trace as text; null where it is not wanted.</param>
    /// <param name="hasKey">Whether they seal what they say.</param>
    public NeighbourhoodRun(ulong seed, Action<string>? sink, bool hasKey)
    {
        Setup = NeighbourhoodSetup.Draw(seed) with { HasKey = hasKey };
        World = new World(seed, sink);
        if (Setup.Way != Way.Sweep)
            World.Network.AddSubnet(new Subnet(0x0A000001, 24));
        rng = World.RngFor("neighbourhood");
        invariants = new MemberInvariants(Setup.IsQuiet);
        members = [.. Enumerable.Range(0, Setup.Nodes).Select(index => Make(index, NodeId.Random(rng)))];
        clone = Setup.HasClone ? Make(Setup.Nodes, members[0].NodeId) : null;
        nemesis = new Nemesis(World, Setup.Faults);
        churn = new Churn(World, members, Setup.Faults.Until);
    }

    /// <summary>What runs it again, and shows each event.</summary>
    public string Command => $"roj sim neighbourhood --seed {World.Seed}{(Setup.HasKey ? " --key" : "")} --trace";

    /// <summary>What the run is like.</summary>
    public NeighbourhoodSetup Setup { get; }

    /// <summary>The world it runs in.</summary>
    public World World { get; }

    /// <summary>What was done to it.</summary>
    public IEnumerable<string> Deeds => nemesis.Deeds.Concat(churn.Deeds).OrderBy(deed => decimal.Parse(
        deed.AsSpan(0, deed.IndexOf(' ', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>How often a belief or a word was compared with the truth.</summary>
    public long Comparisons => invariants.Comparisons;

    /// <summary>How often somebody was declared dead who ran.</summary>
    public long FalseDeaths => invariants.FalseDeaths;

    /// <summary>How long it took after healing until all saw the truth.</summary>
    public TimeSpan HealTime { get; private set; }

    /// <summary>How long it took until all knew of the last kill; null if there was none.</summary>
    public TimeSpan? KillTime { get; private set; }

    /// <summary>The most bytes a second that an idle member sent to keep the others.</summary>
    public double IdleRate { get; private set; }

    /// <summary>The most bytes a second that an idle member sent to find others; a sweep that has begun is finished.</summary>
    public double FindingRate { get; private set; }

    /// <summary>How each member's beliefs differ from the truth.</summary>
    public IEnumerable<string> Standings => members.Select(Standing);

    private IEnumerable<SimMember> Here => members.Where(member => member.IsHere);

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
        for (var index = 0; index < members.Length; index++)
        {
            var latest = index < Setup.First ? TimeSpan.FromSeconds(1) : Setup.Faults.Until.SinceZero;
            World.Schedule(World.Now + rng.Next(TimeSpan.Zero, latest), members[index].Boot);
        }

        if (!Setup.IsQuiet)
        {
            nemesis.Start();
            if (clone is not null) // M1 and M2 hold though two speak for one
                World.Schedule(World.Now + rng.Next(TimeSpan.Zero, Setup.Faults.Until.SinceZero), clone.Boot);
        }

        if (Setup.Churn is { } mean)
            churn.Plan(mean);
        World.Run(Setup.Faults.Until);
        Heal();
        var healed = World.Now;
        if (!Await(HealedLimit))
            return $"M5: not all see all {HealedLimit.TotalSeconds} s after healing";
        HealTime = World.Now - healed;
        return Calm(healed) ?? KillOne() ?? BeIdle() ?? Clash();
    }

    /// <summary>Whoever is to live runs, whoever is to die is killed: nobody says farewell.</summary>
    private void Heal()
    {
        nemesis.HealAll();
        clone?.Crash();
        var dying = Setup.DieAtLast;
        for (var index = members.Length - 1; index >= 0; index--, dying--)
        {
            if (dying > 0)
                members[index].Crash();
            else if (members[index].IsLeaving)
                members[index].Crash(); // its second is over
            if (dying <= 0)
                members[index].Boot();
        }
    }

    /// <summary>What was clogged stays so for a while after healing: only then nobody may be suspected.</summary>
    private string? Calm(Instant healed)
    {
        World.Run(healed + Setup.Faults.ClogsLast);
        if (!AllSeeAll() && !Await(HealedLimit))
            return $"M5: not all see all {HealedLimit.TotalSeconds} s after the last clog";
        invariants.ExpectsNoDeaths = true;
        return null;
    }

    private string? KillOne()
    {
        if (Here.Count() < 2 || rng.Chance(1, 2))
            return null;
        var (victim, killed) = (rng.Pick(Here.ToArray()), World.Now);
        World.Trace.Add(victim, "killed");
        victim.Crash();
        if (!Await(KillLimit))
            return $"M3: not all know that {victim.Name} died {KillLimit.TotalSeconds} s ago";
        KillTime = World.Now - killed;
        return null;
    }

    private bool AllBelieveTheSame() => Here.Select(member => member.Members!.Opening()).Distinct().Count() <= 1;

    private string? BeIdle()
    {
        // News of what just happened, and what it cost, is not idleness: not until all believe the same, tags included, which only
        // exchanges spread.
        World.Run(World.Now + TimeSpan.FromSeconds(3));
        for (var until = World.Now + SameLimit; !AllBelieveTheSame() && World.Now < until;)
            World.Run(World.Now + TimeSpan.FromSeconds(1));
        if (!AllBelieveTheSame())
            return $"M5: not all believe the same {SameLimit.TotalSeconds} s after all saw all";
        var before = members.Select(member => (member.KeepingBytes + member.StreamBytes, member.FindingBytes)).ToArray();
        World.Run(World.Now + IdleTime);
        if (!AllSeeAll())
            return "M5: not all see all any more, though nothing happened";
        IdleRate = members.Max(member => member.KeepingBytes + member.StreamBytes - before[member.Id].Item1) / IdleTime.TotalSeconds;
        FindingRate = members.Max(member => member.FindingBytes - before[member.Id].Item2) / IdleTime.TotalSeconds;
        if (IdleRate > IdleBytesPerSecond)
            return $"M7: an idle member sends {IdleRate} bytes/s to keep the others";
        // Whoever is configured is asked for ever, each 2 s.
        var limit = Setup.Way is Way.Sweep or Way.Unconfigured ? SweepBytesPerSecond
            : IdleBytesPerSecond + (members.Count(member => !member.IsHere) * Roj.Membership.Wire.HelloCodec.Length);
        return FindingRate > limit ? $"M7: an idle member sends {FindingRate} bytes/s to find others" : null;
    }

    /// <summary>M6: of two that use one identity the one that began later ends, and all see the other.</summary>
    private string? Clash()
    {
        if (clone is null || !members[0].IsHere)
            return null;
        var (first, ends, endsOfFirst) = (members[0], clone.Superseded, members[0].Superseded);
        invariants.ExpectsNoDeaths = false;
        clone.Boot();
        World.Run(World.Now + ClashLimit, () => clone.Superseded > ends || first.Superseded > endsOfFirst);
        if (first.Superseded > endsOfFirst)
            return $"M6: {first.Name} ends, though its clone began later";
        // Only where all are asked does one come upon the other within a given time.
        if (clone.Superseded == ends && Here.Count() > 1 && (Setup.Way is Way.Unconfigured or Way.All))
            return $"M6: the clone of {first.Name} still runs after {ClashLimit.TotalSeconds} s";
        clone.Crash();
        return Await(HealedLimit) ? null : $"M6: not all see {first.Name} {HealedLimit.TotalSeconds} s after its clone is gone";
    }

    private bool Await(TimeSpan limit)
    {
        for (var end = World.Now + limit; World.Now < end && World.Events < EventsMax;)
        {
            World.Run(World.Now + Look);
            if (AllSeeAll())
                return true;
        }

        return false;
    }

    private bool AllSeeAll()
    {
        var here = Here.ToArray();
        return here.All(member => here.Length == member.Members!.Company + 1 && here.All(other => Sees(member, other)));
    }

    private static bool Sees(SimMember member, SimMember other) =>
        member.Members!.Find(other.NodeId) is { State: MemberState.Alive } seen
            && seen.Incarnation == other.Members!.Incarnation && seen.Node == other.Members.Self.Node;

    private string Standing(SimMember member)
    {
        if (!member.IsHere)
            return $"{member.Name}: {member.State}";
        var wrong = members.Where(other => other.IsHere ? !Sees(member, other)
            : member.Members!.Find(other.NodeId) is { IsPresent: true });
        return $"{member.Name}: {member.State}, sees {member.Members!.Company} others; wrongly: "
            + string.Join(", ", wrong.Select(other => $"{other.Name} {Describe(member.Members.Find(other.NodeId))}"));
    }

    private static string Describe(Member? member) => member is null ? "unknown" : $"{member.State} {member.Incarnation:x} {member.Node}";

    private SimMember Make(int index, NodeId id)
    {
        uint Address(int of) => 0x0A000001u + (uint)of;
        Endpoint Place(int of) => new(Address(of), SimMember.Port);
        IReadOnlyList<Endpoint> configured = Setup.Way switch
        {
            Way.All => [.. Enumerable.Range(0, Setup.Nodes).Select(Place)],
            Way.OneEarlier when index > 0 => [Place(rng.Next(Math.Min(index, Setup.Nodes)))],
            _ => [],
        };
        var settings = new SimMemberSettings
        {
            Id = id,
            HasKey = Setup.HasKey,
            Configured = configured,
            Broadcast = Setup.Way is Way.Unconfigured,
            Sweep = Setup.Way is Way.Unconfigured or Way.Sweep,
        };
        var member = new SimMember(World, $"n{index}", Address(index), settings, invariants);
        // As a chain, so that all are one network whoever else is remembered.
        if (Setup.Way == Way.Remembered && index > 0)
            member.Remember([Place(rng.Next(Math.Min(index, Setup.Nodes))), Place(rng.Next(Setup.Nodes))]);
        return member;
    }
}
