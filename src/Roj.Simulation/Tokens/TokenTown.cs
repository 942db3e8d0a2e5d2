using Roj.Kernel;
using Roj.Simulation.Agreement;

namespace Roj.Simulation.Tokens;

/// <summary>What the nodes of a run have in common.</summary>
internal sealed class TokenTown
{
    private readonly List<TokenNode> nodes = [];

    public TokenTown(World world, TokenSetup setup)
    {
        (World, Setup) = (world, setup);
        Rng = world.RngFor("token/town");
        Roster = new AgreementTown(world, setup.Agreement);
        Watch = new TokenWatch(this);
        for (var i = 0; i < setup.Machines; i++)
            nodes.Add(new TokenNode(this, i));
        Roster.Heard += (member, what) => nodes[member.Id].Part?.Hear(what);
        Roster.Answered += (member, outcome) => nodes[member.Id].Part?.Hear(outcome);
        Roster.Ended += member => nodes[member.Id].End();
    }

    public World World { get; }

    public TokenSetup Setup { get; }

    /// <summary>Decides what nodes believe that is not so, and how long they work.</summary>
    public Rng Rng { get; }

    /// <summary>Those of them that agree; none in available mode.</summary>
    public AgreementTown Roster { get; }

    public TokenWatch Watch { get; }

    public IReadOnlyList<TokenNode> Nodes => nodes;

    /// <summary>Whether everything works again: nobody believes what is not so.</summary>
    public bool IsHealed { get; private set; }

    public void Heal() => IsHealed = Roster.IsHealed = true;

    /// <summary>Who is at an address; null if nobody.</summary>
    public TokenNode? At(uint address) => nodes.Find(node => node.Machine.Address == address);

    /// <summary>Where a node is.</summary>
    public TokenNode? PlaceOf(NodeId id) => nodes.Find(node => node.Identity == id);
}
