using Roj.Kernel;
using Roj.Simulation.Disk;
using Roj.Simulation.Faults;
using Roj.Simulation.Network;
using Xunit;

namespace Roj.Simulation.Tests;

public sealed class NemesisTests
{
    private static readonly Instant Until = Instant.Zero + TimeSpan.FromSeconds(120);

    [Theory]
    [MemberData(nameof(Classes))]
    public void Every_class_strikes_is_recorded_and_heals(FaultClass fault)
    {
        var lab = LabWithFiles(21);
        var nemesis = new Nemesis(lab.World, FaultProfile.Of(Until, TimeSpan.FromSeconds(5), fault));
        nemesis.Start();
        lab.World.Run(Until);
        Assert.True(nemesis.HasHealed);
        Assert.Contains(nemesis.Deeds, deed => deed.Replace(':', ' ').Contains($" {fault} ", StringComparison.Ordinal));
        AssertHealthy(lab);
    }

    [Fact]
    public void All_classes_at_once_heal_at_any_time()
    {
        for (var seed = 1UL; seed <= 30; seed++)
        {
            var lab = LabWithFiles(seed);
            var nemesis = new Nemesis(lab.World, FaultProfile.Of(Until, TimeSpan.FromSeconds(3), Enum.GetValues<FaultClass>()));
            nemesis.Start();
            lab.World.Run(Instant.Zero + TimeSpan.FromSeconds(10 + seed));
            nemesis.HealAll();
            var deeds = nemesis.Deeds.Count;
            AssertHealthy(lab);
            lab.RunFor(200);
            AssertHealthy(lab);
            Assert.Equal(deeds, nemesis.Deeds.Count);
        }
    }

    [Fact]
    public void No_more_machines_ail_than_the_profile_allows()
    {
        var lab = LabWithFiles(3);
        var profile = FaultProfile.Of(Until, TimeSpan.FromSeconds(1), FaultClass.Crash, FaultClass.Pause, FaultClass.PowerCut);
        new Nemesis(lab.World, profile with { AfflictedMax = 2 }).Start();
        var most = 0;
        lab.World.Run(Until, () =>
        {
            most = Math.Max(most, lab.Probes.Count(one => one.State != MachineState.Up));
            return false;
        });
        Assert.Equal(2, most);
    }

    [Fact]
    public void Outside_the_core_everything_is_off_for_good()
    {
        var lab = LabWithFiles(4);
        var nemesis = new Nemesis(lab.World, FaultProfile.None with { Until = Until });
        nemesis.HealCore([lab.A, lab.B]);
        lab.World.Run(Until);
        Assert.Equal([true, true, false, false, false], lab.Probes.Select(one => one.IsPowered));
    }

    [Fact]
    public void A_drawn_profile_leaves_about_half_out()
    {
        var sizes = Enumerable.Range(1, 100)
            .Select(seed => FaultProfile.Draw(new Rng((ulong)seed), Until, FaultProfile.Survivable).MeanBetween.Count).ToList();
        Assert.InRange(sizes.Average(), FaultProfile.Survivable.Length * 0.4, FaultProfile.Survivable.Length * 0.6);
        Assert.DoesNotContain(FaultClass.Wipe, FaultProfile.Survivable);
    }

    public static TheoryData<FaultClass> Classes() => [.. Enum.GetValues<FaultClass>()];

    private static Lab LabWithFiles(ulong seed)
    {
        var lab = new Lab(seed, 5);
        foreach (var probe in lab.Probes)
        {
            probe.Disk.Create("data");
            probe.Disk.Write("data", 0, new byte[1000], out _);
            probe.Disk.Sync("data");
            probe.Disk.SyncDirectory();
        }

        return lab;
    }

    private static void AssertHealthy(Lab lab)
    {
        Assert.Equal(LinkConditions.Lan, lab.Network.Conditions);
        Assert.All(lab.Probes, one => Assert.Equal(MachineState.Up, one.State));
        Assert.All(lab.Probes, one => Assert.Equal(1, one.Slowness));
        Assert.All(lab.Probes, one => Assert.Equal(MachineClock.TruePace, one.Clock.Pace));
        Assert.All(lab.Probes, one => Assert.Equal(DiskFaults.None, one.Disk.Faults));
        Assert.All(lab.Probes, one => Assert.Equal(DiskSpeed.Solid, one.Disk.Speed));
        Assert.All(lab.Probes, one => Assert.Equal(long.MaxValue, one.Disk.Capacity));
        Assert.All(lab.Probes, from => Assert.All(lab.Probes, to => Assert.False(lab.Network.IsBlocked(from, to))));
    }
}
