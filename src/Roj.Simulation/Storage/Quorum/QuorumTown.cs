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
    private readonly long mostAhead;

    public QuorumTown(World world, QuorumSetup setup)
    {
        Setup = setup;
        agreement = new AgreementTown(world, setup.Agreement);
        Watch = new QuorumWatch(agreement.Watch.Sights);
        var rng = world.RngFor("quorum/town");
        var apart = (int)setup.ClocksApart.TotalMilliseconds;
        var settings = new QuorumSettings { AskedMax = setup.AskedMax, Slots = setup.Agreement.Slots };
        for (var i = 0; i < setup.Agreement.Machines; i++)
        {
            agreement.Add(i);
            var skew = rng.Next(-apart, apart + 1);
            mostAhead = Math.Max(mostAhead, skew);
            parts.Add(new QuorumPart(agreement.Members[i], skew, settings, rng.Fork()));
        }

        agreement.Answered += (member, outcome) => parts[member.Id].Hear(new AgreementEvent.Ended(outcome));
        agreement.Heard += (member, what) => parts[member.Id].Hear(what);
    }

    public AgreementTown Agreement => agreement;

    public World World => agreement.World;

    public QuorumSetup Setup { get; }

    public HistoryRecorder History { get; } = new();

    public QuorumWatch Watch { get; }

    public IReadOnlyList<QuorumPart> Parts => parts;

    /// <summary>What a right clock on a wall shows: milliseconds since 1970.</summary>
    public static long UnixAt(Instant time) => UnixAtStart + (time.Ticks / TimeSpan.TicksPerMillisecond);

    /// <summary>When the first of all clocks shows that time.</summary>
    public Instant FirstAt(long unix) => new((unix - UnixAtStart - mostAhead) * TimeSpan.TicksPerMillisecond);

    /// <summary>A machine that can be asked; null if there is none.</summary>
    public QuorumPart? PickAble(Rng rng) => parts.Where(part => part.IsAble).ToArray() is { Length: > 0 } able ? rng.Pick(able) : null;

    /// <summary>Something happened that should happen sometimes.</summary>
    public void Saw(string what) => agreement.Watch.Saw(what);
}
