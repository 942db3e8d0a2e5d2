using Roj.Kernel;

namespace Roj.Storage;

/// <summary>Has calls wait while a node that has just started knows nothing of what happened meanwhile: until all who keep keys were heard,
/// and a while at most.</summary>
/// <remarks>Else it would write alone and by its own wall clock, which may be slow, what an earlier write at another node would outlive;
/// and read what has long been overwritten.</remarks>
internal sealed class Opening(StoreSettings settings, Placement placement)
{
    // Nodes on one network see each other within a fraction of it; who is not seen by then is down.
    private static readonly TimeSpan othersPatience = TimeSpan.FromSeconds(2);

    private readonly Queue<(ulong Call, StorageCall What)> waiting = new();
    private readonly SortedSet<NodeId> heard = [];
    private Instant until;

    /// <summary>Whether calls are carried out at once; always where there is no map to follow.</summary>
    public bool IsOpen { get; private set; } = !placement.FollowsMap;

    /// <summary>How many calls wait.</summary>
    public int Count => waiting.Count;

    /// <summary>When those that wait are to be carried out at the latest.</summary>
    public Instant? Deadline => IsOpen ? null : until;

    /// <summary>The node has started.</summary>
    public void Start(Instant now) => until = now + (placement.Map is null ? settings.CallPatience : othersPatience);

    /// <summary>Somebody has said what his clock says.</summary>
    public void Hear(NodeId from)
    {
        if (!IsOpen)
            heard.Add(from);
    }

    /// <summary>A call is to wait.</summary>
    public void Wait(ulong call, StorageCall what) => waiting.Enqueue((call, what));

    /// <summary>Looks whether the time has come.</summary>
    /// <returns>The calls that have waited, if it has come just now.</returns>
    public IEnumerable<(ulong Call, StorageCall What)> Look(Instant now)
    {
        if (IsOpen || (now < until && placement.Map?.Nodes.All(node => node == settings.Self || heard.Contains(node)) is not true))
            return [];
        IsOpen = true;
        (ulong, StorageCall)[] all = [.. waiting];
        waiting.Clear();
        heard.Clear();
        return all;
    }
}
