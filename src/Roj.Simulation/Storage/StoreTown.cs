using Roj.Kernel;
using Roj.Storage;

namespace Roj.Simulation.Storage;

/// <summary>What the nodes of a run have in common.</summary>
internal sealed class StoreTown
{
    private readonly List<StoreNode> nodes = [];
    private ulong lastCall;

    public StoreTown(World world, StoreSetup setup)
    {
        (World, Setup) = (world, setup);
        Rng = world.RngFor("store/town");
        Lingering = world.RngFor("store/lingering");
        Watch = new StoreWatch(this);
        for (var i = 0; i < setup.Machines; i++)
            nodes.Add(new StoreNode(this, i));
    }

    public World World { get; }

    public StoreSetup Setup { get; }

    /// <summary>Decides what nodes believe that is not so.</summary>
    public Rng Rng { get; }

    /// <summary>Decides which versions come once more, late: nobody promises how long something may be on its way.</summary>
    public Rng Lingering { get; }

    public StoreWatch Watch { get; }

    public IReadOnlyList<StoreNode> Nodes => nodes;

    /// <summary>Who has left, or was told to be gone for good: all are told so.</summary>
    public SortedSet<NodeId> Gone { get; } = [];

    /// <summary>On which of two sides each machine is that have not met yet; null if they are not apart.</summary>
    public IReadOnlyList<int>? Sides { get; set; }

    /// <summary>Whether everything works again: nobody believes what is not so.</summary>
    public bool IsHealed { get; set; }

    /// <summary>Told of each answer.</summary>
    public event Action<StoreNode, StorageEffect.Answer>? Answered;

    /// <summary>Told of each end of a life.</summary>
    public event Action<StoreNode>? Ended;

    public ulong NextCall() => ++lastCall;

    /// <summary>Where a node is; null if there is none of that name any more.</summary>
    public StoreNode? PlaceOf(NodeId node) => nodes.Find(one => one.Identity == node);

    public void Answer(StoreNode node, StorageEffect.Answer answer) => Answered?.Invoke(node, answer);

    public void Stopped(StoreNode node) => Ended?.Invoke(node);
}
