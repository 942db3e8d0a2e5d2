using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;
using Roj.Simulation.Network;

namespace Roj.Simulation.Neighbourhoods;

/// <summary>Measures how fast members find each other and learn of deaths, and what that costs.</summary>
public sealed class MembersRun
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan KillLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan KillWatch = TimeSpan.FromSeconds(5);

    private readonly MembersSetup setup;
    private readonly World world;
    private readonly Rng rng;
    private readonly MemberInvariants invariants;
    private readonly SimMember[] members;
    private readonly List<TimeSpan> known = [];
    private readonly List<TimeSpan> allKnew = [];
    private IReadOnlyList<MemberRecord>? everybody;
    private SimMember? victim;
    private Instant killedAt;
    private int knowing;

    private MembersRun(MembersSetup setup)
    {
        this.setup = setup;
        world = new World(setup.Seed);
        if (setup.Way != Way.Sweep)
            world.Network.AddSubnet(new Subnet(0x0A000001, Prefix));
        rng = world.RngFor("members");
        invariants = new MemberInvariants(false) { RemembersBeliefs = false, Watch = Note };
        members = [.. Enumerable.Range(0, setup.Nodes).Select(Make)];
    }

    private int Prefix => setup.Nodes < 254 ? 24 : 16;

    /// <summary>Carries it out.</summary>
    public static MembersResult Run(MembersSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        return new MembersRun(setup).Measure();
    }

    private MembersResult Measure()
    {
        foreach (var member in members)
            world.Schedule(Instant.Zero + (setup.Converged ? default : rng.Next(TimeSpan.Zero, TimeSpan.FromSeconds(1))), member.Boot);
        world.Run(Instant.Zero + TimeSpan.FromSeconds(1));
        var found = Await(TimeSpan.FromMinutes(2));
        var allSeeAll = found ? world.Now - Instant.Zero - TimeSpan.FromSeconds(1) : (TimeSpan?)null;
        world.Run(world.Now + TimeSpan.FromSeconds(10));
        world.Network.Conditions = LinkConditions.Lan with { LossPpm = setup.LossPpm };
        var (idle, idleMax) = Rates(() => world.Run(world.Now + setup.Idle), setup.Idle);
        var memory = Memory();
        if (setup.Pauses)
            Pause();
        var killRate = KillSome();
        var (running, paused) = (invariants.FalseDeaths, invariants.Deaths - invariants.FalseDeaths);
        return new MembersResult
        {
            Setup = setup,
            HaveMet = found,
            AllSeeAll = setup.Converged ? null : allSeeAll,
            IdleRate = idle,
            IdleRateMax = idleMax,
            KillRate = killRate,
            Known = [.. known.Order()],
            AllKnew = allKnew,
            FalseDeaths = running,
            PausedDeaths = paused,
            Healed = setup.Split > TimeSpan.Zero ? SplitAndHeal() : null,
            BytesPerBelief = memory / ((long)setup.Nodes * (setup.Nodes - 1)),
            Events = world.Events,
        };
    }

    private static long Memory()
    {
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false); // forced it would collect until nothing changes: gigabytes, many times
    }

    private void Pause()
    {
        for (var end = world.Now + TimeSpan.FromMinutes(10); world.Now < end;)
        {
            var one = rng.Pick(members);
            one.Pause();
            world.Run(world.Now + rng.Next(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)));
            one.Resume();
            world.Run(world.Now + rng.Next(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)));
        }

        Await(TimeSpan.FromMinutes(1));
    }

    private double KillSome()
    {
        var rate = 0.0;
        var kills = Math.Min(setup.Kills, Math.Max(0, setup.Nodes - 2));
        for (var i = 0; i < kills; i++)
        {
            var here = members.Where(member => member.IsHere).ToArray();
            (victim, killedAt, knowing) = (rng.Pick(here), world.Now, 0);
            victim.Crash();
            var (during, _) = Rates(() => world.Run(world.Now + KillWatch), KillWatch);
            rate += during / kills;
            // A network that loses datagrams may have a death to take back.
            world.Run(killedAt + KillLimit, () => knowing >= here.Length - 1);
            for (; knowing < here.Length - 1; knowing++)
                known.Add(KillLimit);
            allKnew.Add(known.TakeLast(here.Length - 1).Max());
            victim = null;
            Await(TimeSpan.FromSeconds(20));
        }

        return rate;
    }

    private TimeSpan? SplitAndHeal()
    {
        var groups = members.Select(member => member.Id % 2).ToArray();
        world.Network.Partition(groups);
        world.Run(world.Now + setup.Split);
        world.Network.Unpartition(groups);
        var healed = world.Now;
        return Await(TimeSpan.FromMinutes(1)) ? world.Now - healed : null;
    }

    private (double Mean, double Max) Rates(Action during, TimeSpan time)
    {
        var before = members.Select(Bytes).ToArray();
        during();
        var rates = members.Where(member => member.IsHere)
            .Select(member => (Bytes(member) - before[member.Id]) / time.TotalSeconds).ToArray();
        return (rates.Average(), rates.Max());
    }

    private static long Bytes(SimMember member) => member.FindingBytes + member.KeepingBytes + member.StreamBytes;

    // Nobody is invented (M2), so that numbers are enough.
    private bool Await(TimeSpan limit)
    {
        for (var end = world.Now + limit; world.Now < end;)
        {
            world.Run(world.Now + Look);
            var here = members.Count(member => member.IsHere);
            if (members.All(member => !member.IsHere || member.Members!.Company == here - 1))
                return true;
        }

        return false;
    }

    private void Note(SimMember observer, MembershipEvent.Changed changed)
    {
        if (victim is null || changed.Member.Id != victim.NodeId || changed.Member.State != MemberState.Dead)
            return;
        knowing++;
        known.Add(world.Now - killedAt);
    }

    // One list, and one profile of each, for all of them: a hundred million beliefs have to fit.
    private IReadOnlyList<MemberRecord> Everybody() => everybody ??=
    [
        .. members.Select(member => new MemberRecord(
                member.NodeId,
                SimMember.FirstLife,
                MemberState.Alive,
                new Endpoint(member.Address, SimMember.Port),
                member.NodeId,
                member.Profile,
                0,
                default))
            .OrderBy(record => record.Id),
    ];

    private SimMember Make(int index)
    {
        Endpoint Place(int of) => new(0x0A000001u + (uint)of, SimMember.Port);
        var settings = new SimMemberSettings
        {
            Id = NodeId.Random(rng),
            Known = setup.Converged ? Everybody : null,
            Configured = setup.Way switch
            {
                _ when setup.Converged => [],
                Way.All => [.. Enumerable.Range(0, setup.Nodes).Select(Place)],
                Way.OneEarlier when index > 0 => [Place(rng.Next(index))],
                _ => [],
            },
            Broadcast = setup.Way is Way.Unconfigured && !setup.Converged,
            Sweep = setup.Way is Way.Sweep && !setup.Converged,
            PrefixLength = Prefix,
            KeepsPlaces = false,
        };
        return new SimMember(world, $"n{index}", 0x0A000001u + (uint)index, settings, invariants);
    }
}
