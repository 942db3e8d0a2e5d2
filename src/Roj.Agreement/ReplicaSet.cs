using Roj.Kernel;

namespace Roj.Agreement;

/// <summary>Who accepts for a slot: never who happens to look alive, always who was agreed on.</summary>
/// <remarks>Between two sets of members there is one with both, in which everything needs a majority of either ("joint consensus", Ongaro
/// 2014, section 4.3; Lamport, Malkhi and Zhou, "Vertical Paxos", 2009).</remarks>
/// <param name="Cluster">Which cluster's: minted at its birth. Clusters never merge.</param>
/// <param name="Version">Counts up.</param>
/// <param name="Members">Whose majority decides.</param>
/// <param name="Next">Whose majority is needed besides, since they are to be the members; null while nobody moves.</param>
public sealed record ReplicaSet(UInt128 Cluster, ulong Version, IReadOnlyList<NodeId> Members, IReadOnlyList<NodeId>? Next)
{
    /// <summary>Members at most, and as many that are next.</summary>
    public const int MembersMax = 7;

    /// <summary>Everybody who is asked, each once, in order.</summary>
    /// <remarks>Computed anew: a copy made by <c>with</c> would keep those of the set that it was made of.</remarks>
    public IReadOnlyList<NodeId> All => Next is null ? Members : [.. Members.Union(Next)];

    /// <summary>Whether somebody is asked.</summary>
    public bool Has(NodeId node) => All.Contains(node);

    /// <summary>Whether these are enough to decide.</summary>
    /// <param name="nodes">Each once.</param>
    public bool IsQuorum(IEnumerable<NodeId> nodes) => IsQuorum((IReadOnlyList<NodeId>)[.. nodes]);

    /// <summary>Whether these are enough to decide.</summary>
    /// <param name="nodes">Each once.</param>
    public bool IsQuorum(IReadOnlyList<NodeId> nodes)
    {
        var (members, next) = (0, 0);
        for (var i = 0; i < nodes.Count; i++)
        {
            var node = nodes[i];
            members += Members.Contains(node) ? 1 : 0;
            next += Next?.Contains(node) is true ? 1 : 0;
        }

        return members > Members.Count / 2 && (Next is null || next > Next.Count / 2);
    }

    /// <summary>Whether these are a majority of the members, whoever is to come.</summary>
    public bool IsMajority(IEnumerable<NodeId> nodes) => this with { Next = null } is var old && old.IsQuorum(nodes);

    /// <summary>For logs and traces.</summary>
    public override string ToString() =>
        $"v{Version} {string.Join(',', Members.Select(Short))}{(Next is null ? "" : " → " + string.Join(',', Next.Select(Short)))}";

    private static string Short(NodeId node) => node.ToString()[..8];
}
