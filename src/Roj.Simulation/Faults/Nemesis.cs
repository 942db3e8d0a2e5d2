using System.Globalization;
using Roj.Kernel;

namespace Roj.Simulation.Faults;

/// <summary>Commits faults against a world as its seed and a profile say, keeps a list of them for people, and heals them all in the
/// end.</summary>
public sealed class Nemesis
{
    private readonly World world;
    private readonly FaultProfile profile;
    private readonly Rng rng;
    private readonly List<string> deeds = [];
    private readonly List<Affliction> afflictions = [];
    private readonly List<Scheduled> plans = [];
    private readonly NetworkFaults network;
    private readonly MachineFaults machines;
    private readonly StorageFaults storage;

    /// <summary>Prepares everything; <see cref="Start"/> begins. Make it when all machines are there.</summary>
    /// <param name="world">The victim.</param>
    /// <param name="profile">What it does.</param>
    public Nemesis(World world, FaultProfile profile)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(profile);
        this.world = world;
        this.profile = profile;
        rng = world.RngFor("nemesis");
        network = new NetworkFaults(world, this, rng);
        machines = new MachineFaults(world, this, rng);
        storage = new StorageFaults(world, this, rng);
    }

    /// <summary>What it did, in order: <c>time what</c>. For the report of a failure.</summary>
    public IReadOnlyList<string> Deeds => deeds;

    /// <summary>Whether everything was healed.</summary>
    public bool HasHealed { get; private set; }

    /// <summary>Plans the faults, and <see cref="HealAll"/> at <see cref="FaultProfile.Until"/>.</summary>
    public void Start()
    {
        foreach (var (fault, mean) in profile.MeanBetween)
            Plan(fault, mean, profile.From);
        plans.Add(world.Schedule(profile.Until, HealAll));
    }

    /// <summary>Ends all that lasts and plans nothing more: links, caps, clocks and disks work, all machines it stopped run.</summary>
    /// <remarks>What was lost stays lost; clogs and in-flight delays still run out.</remarks>
    public void HealAll()
    {
        if (HasHealed)
            return;
        foreach (var plan in plans)
            plan.Cancel();
        while (afflictions.Count > 0)
            Heal(afflictions[^1]);
        HasHealed = true;
        Record("all healed");
    }

    /// <summary>Heals everything and then takes the power, for good, from all machines but <paramref name="core"/>: the liveness phase
    /// must get along with these.</summary>
    public void HealCore(IReadOnlyList<Machine> core)
    {
        ArgumentNullException.ThrowIfNull(core);
        HealAll();
        foreach (var machine in world.Machines)
        {
            if (core.Contains(machine))
                continue;
            Record($"power cut {machine.Name} for good");
            machine.PowerCut();
        }
    }

    /// <summary>Commits one fault now, if it is possible now.</summary>
    /// <returns>False if there is no victim for it, or its kind lasts already.</returns>
    public bool Strike(FaultClass fault) =>
        fault switch
        {
            <= FaultClass.RateCap => network.Strike(fault),
            <= FaultClass.ClockDrift => machines.Strike(fault),
            _ => storage.Strike(fault),
        };

    /// <summary>A duration within the profile; short ones are commoner.</summary>
    internal TimeSpan SomeTime() =>
        rng.Next(profile.LastsMin, profile.LastsMin + ((profile.LastsMax - profile.LastsMin) / (1 << rng.Next(4))));

    /// <summary>A running machine that nothing ails; null if there is none or too many ail.</summary>
    internal Machine? Victim()
    {
        var ailing = afflictions.Count(one => one.Machine is not null);
        if (ailing >= profile.AfflictedMax)
            return null;
        var healthy = world.Machines.Where(one => one.State == MachineState.Up && afflictions.All(a => a.Machine != one)).ToArray();
        return healthy.Length == 0 ? null : rng.Pick(healthy);
    }

    /// <summary>Whether a fault of this class lasts.</summary>
    internal bool Lasts(FaultClass fault) => afflictions.Any(one => one.Fault == fault);

    internal void Record(string deed)
    {
        deeds.Add($"{world.Now} {deed}");
        world.Trace.Add(null, "nemesis", deed);
    }

    /// <summary>Notes a fault and lets <paramref name="undo"/> happen after <paramref name="lasts"/>, or when all is healed.</summary>
    internal void Afflict(FaultClass fault, Machine? machine, TimeSpan lasts, string deed, Action undo)
    {
        Record(string.Create(CultureInfo.InvariantCulture, $"{deed} for {(long)lasts.TotalMilliseconds} ms"));
        var affliction = new Affliction(fault, machine, undo);
        affliction.End = world.Schedule(world.Now + lasts, () => Heal(affliction));
        afflictions.Add(affliction);
    }

    private void Heal(Affliction affliction)
    {
        affliction.End?.Cancel();
        afflictions.Remove(affliction);
        affliction.Undo();
    }

    private void Plan(FaultClass fault, TimeSpan mean, Instant after)
    {
        var at = after + rng.Next(mean / 8, mean * 2);
        if (at >= profile.Until)
            return;
        plans.Add(world.Schedule(at, () =>
        {
            Strike(fault);
            Plan(fault, mean, world.Now);
        }));
    }

    private sealed class Affliction(FaultClass fault, Machine? machine, Action undo)
    {
        internal FaultClass Fault => fault;

        internal Machine? Machine => machine;

        internal Action Undo => undo;

        internal Scheduled? End { get; set; }
    }
}
