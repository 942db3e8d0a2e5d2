using Roj.Kernel;
using Roj.Simulation.Agreement;

namespace Roj.Simulation.Elections;

/// <summary>What the nodes of a run have in common.</summary>
internal sealed class ElectionTown
{
    private readonly List<ElectionNode> nodes = [];

    public ElectionTown(World world, ElectionSetup setup)
    {
        (World, Setup) = (world, setup);
        Rng = world.RngFor("election/town");
        Roster = new AgreementTown(world, setup.Agreement);
        Watch = new ElectionWatch(this);
        Ring = new RingWatch(this);
        for (var i = 0; i < setup.Machines; i++)
            nodes.Add(new ElectionNode(this, i));
        Roster.Heard += (member, what) => Of(member).Part?.Hear(what);
        Roster.Answered += (member, outcome) => Of(member).Part?.Hear(outcome);
        Roster.Ended += member => Of(member).End();
    }

    public World World { get; }

    public ElectionSetup Setup { get; }

    /// <summary>Decides what nodes believe that is not so.</summary>
    public Rng Rng { get; }

    /// <summary>Those of them that agree; none in available mode.</summary>
    public AgreementTown Roster { get; }

    public ElectionWatch Watch { get; }

    /// <summary>Sees what goes round the ring.</summary>
    public RingWatch Ring { get; }

    public IReadOnlyList<ElectionNode> Nodes => nodes;

    /// <summary>Whether everything works again: nobody believes what is not so.</summary>
    public bool IsHealed { get; private set; }

    public void Heal() => IsHealed = Roster.IsHealed = true;

    /// <summary>Who is at an address; null if nobody.</summary>
    public ElectionNode? At(uint address) => nodes.Find(node => node.Machine.Address == address);

    /// <summary>Where a node is.</summary>
    public ElectionNode? PlaceOf(NodeId id) => nodes.Find(node => node.Identity == id);

    private ElectionNode Of(AgreementMember member) => nodes[member.Id];
}
