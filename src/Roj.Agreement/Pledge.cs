namespace Roj.Agreement;

/// <summary>To which cluster-to-be a node belongs, or has belonged.</summary>
/// <param name="IsHeld">Whether it still does: else it only never goes back to it.</param>
/// <param name="Round">Of two the greater one wins, then the greater cluster id.</param>
/// <param name="Set">The cluster's first replica set.</param>
internal sealed record Pledge(bool IsHeld, uint Round, ReplicaSet Set)
{
    public bool Beats(Pledge other) => (Round, Set.Cluster).CompareTo((other.Round, other.Set.Cluster)) > 0;

    public bool IsSameAs(Pledge other) => (Round, Set.Cluster) == (other.Round, other.Set.Cluster);
}
