using Roj.Agreement;
using Roj.Kernel;
using Roj.Simulation.Histories;

namespace Roj.Simulation.Agreement;

/// <summary>What the machines of a run have in common, that no real machine has: who is where, who believes what, who listens.</summary>
internal sealed class AgreementTown(World world, AgreementSetup setup)
{
    private readonly Rng rng = world.RngFor("agreement/town");
    private readonly List<AgreementMember> members = [];
    private readonly SortedDictionary<(int Looker, int Other), (Instant Until, bool IsThere)> lies = [];

    public World World => world;

    public AgreementSetup Setup => setup;

    public IReadOnlyList<AgreementMember> Members => members;

    public AgreementWatch Watch { get; } = new(world);

    public HistoryRecorder History { get; } = new();

    /// <summary>Whether everything works again: nobody believes what is not so.</summary>
    public bool IsHealed { get; set; }

    /// <summary>Told of each answer.</summary>
    public event Action<AgreementMember, Roj.Agreement.Outcome>? Answered;

    /// <summary>Told of each end of a life.</summary>
    public event Action<AgreementMember>? Ended;

    /// <summary>Told of what else a node hears of its part in agreement.</summary>
    public event Action<AgreementMember, AgreementEvent>? Heard;

    /// <summary>What a machine's cluster is called; "none" before it has one.</summary>
    public static string ClusterOf(AgreementMember member) =>
        member.Registers?.Roster is { } roster
            ? (roster.Cluster >> 96).ToString("x8", System.Globalization.CultureInfo.InvariantCulture)
            : "none";

    public void Add(int index) => Add(new AgreementMember(this, index, setup));

    public void Add(AgreementMember member) => members.Add(member);

    /// <summary>Where a node is; null if there is none of that name any more.</summary>
    public AgreementMember? PlaceOf(NodeId node) => members.Find(member => member.Identity == node);

    /// <summary>Who is here, as far as a machine believes: often right, sometimes late, sometimes wrong for a while.</summary>
    public IReadOnlyCollection<NodeId> SeenBy(AgreementMember looker)
    {
        List<NodeId> seen = [];
        foreach (var other in members)
        {
            if (other != looker && IsSeen(looker, other))
                seen.Add(other.Identity);
        }

        return seen;
    }

    public void Hear(AgreementMember member, AgreementEvent what)
    {
        Watch.Hears(member, what);
        if (what is AgreementEvent.Ended(var outcome))
            Answered?.Invoke(member, outcome);
        else
            Heard?.Invoke(member, what);
    }

    public void Stopped(AgreementMember member)
    {
        Watch.Stopped(member);
        Ended?.Invoke(member);
    }

    private bool IsSeen(AgreementMember looker, AgreementMember other)
    {
        var truth = other.State is MachineState.Up;
        if (IsHealed || setup.LiesPerMille == 0)
            return truth;
        var pair = (looker.Id, other.Id);
        if (lies.TryGetValue(pair, out var lie) && world.Now < lie.Until)
            return lie.IsThere;
        if (!rng.Chance(setup.LiesPerMille, 1000))
            return truth;
        lies[pair] = (world.Now + rng.Next(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(4)), !truth);
        return !truth;
    }
}
