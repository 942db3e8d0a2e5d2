using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Host.Agreement;

/// <summary>Who is here, as membership sees it: where they listen and what they are called.</summary>
internal sealed class Neighbours
{
    private readonly Dictionary<NodeId, Member> present = [];

    /// <summary>Those who are alive; who is suspect is not counted on, but not hung up on either.</summary>
    public IReadOnlyCollection<NodeId> Alive { get; private set; } = [];

    /// <summary>They are others, or elsewhere.</summary>
    /// <returns>Whether other ones are alive than before.</returns>
    public bool Update(IReadOnlyList<Member> members)
    {
        present.Clear();
        foreach (var member in members.Where(member => member.IsPresent))
            present[member.Id] = member;
        SortedSet<NodeId> alive = [.. members.Where(member => member.State is MemberState.Alive).Select(member => member.Id)];
        var isOther = !alive.SetEquals(Alive);
        Alive = alive;
        return isOther;
    }

    /// <summary>Where a node listens; null if it is not here.</summary>
    public Endpoint? PlaceOf(NodeId node) => present.TryGetValue(node, out var member) ? member.Node : null;

    /// <summary>What to call a node in a sentence.</summary>
    public string NameOf(NodeId node) =>
        present.TryGetValue(node, out var member) ? $"{member.Profile.Name} ({node.ToString()[..8]})" : node.ToString()[..8];
}
