using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Histories;
using Roj.Storage;

namespace Roj.Simulation.Storage.Quorum;

/// <summary>What the machines of a run have in common: their parts in the store, and what clients have seen.</summary>
internal sealed class QuorumTown
{
    private const long UnixAtStart = 1_000_000;

    private readonly AgreementTown agreement;
    private readonly List<QuorumPart> parts = [];

    public QuorumTown(World world, QuorumSetup setup)
    {
        Setup = setup;
        agreement = new AgreementTown(world, setup.Agreement);
        Watch = new QuorumWatch(agreement.Watch.Sights);
        var rng = world.RngFor("quorum/town");
        var settings = new QuorumSettings { AskedMax = setup.AskedMax, Slots = setup.Agreement.Slots };
        for (var i = 0; i < setup.Agreement.Machines; i++)
        {
            agreement.Add(i);
            parts.Add(new QuorumPart(agreement.Members[i], settings, rng.Fork()));
            Set(parts[i], rng);
        }

        agreement.Answered += (member, outcome) => parts[member.Id].Hear(new AgreementEvent.Ended(outcome));
        agreement.Heard += (member, what) => Hear(parts[member.Id], what);
    }

    public AgreementTown Agreement => agreement;

    public World World => agreement.World;

    public QuorumSetup Setup { get; }

    public HistoryRecorder History { get; } = new();

    public QuorumWatch Watch { get; }

    public IReadOnlyList<QuorumPart> Parts => parts;

    /// <summary>What a right clock on a wall shows: milliseconds since 1970.</summary>
    public static long UnixAt(Instant time) => UnixAtStart + (time.Ticks / TimeSpan.TicksPerMillisecond);

    /// <summary>When the first of all clocks may show that time.</summary>
    public Instant FirstAt(long unix) =>
        new(((unix - UnixAtStart) * TimeSpan.TicksPerMillisecond) - Setup.ClocksApart.Ticks);

    /// <summary>Somebody sets a clock on a wall.</summary>
    public void Set(QuorumPart part, Rng rng)
    {
        var apart = (int)Setup.ClocksApart.TotalMilliseconds;
        part.Skew = rng.Next(-apart, apart + 1);
    }

    /// <summary>Told when somebody has heard that what he wrote is there.</summary>
    public event Action? Acknowledged;

    /// <summary>Somebody hears that what he wrote is there.</summary>
    public void Acknowledge() => Acknowledged?.Invoke();

    private void Hear(QuorumPart part, AgreementEvent what)
    {
        if (what is not AgreementEvent.Chosen chosen)
            part.Hear(what);
        else if (KeySlots.KeyOf(chosen.Name) is { } key)
            Watch.Told(key, chosen.Content.Version);
    }

    /// <summary>A machine that can be asked; null if there is none.</summary>
    public QuorumPart? PickAble(Rng rng) => parts.Where(part => part.IsAble).ToArray() is { Length: > 0 } able ? rng.Pick(able) : null;

    /// <summary>Something happened that should happen sometimes.</summary>
    public void Saw(string what) => agreement.Watch.Saw(what);
}
