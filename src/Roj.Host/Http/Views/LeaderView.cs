namespace Roj.Host.Http.Views;

/// <summary>What <c>GET /api/v1/leader</c> says: who leads, as far as this node knows.</summary>
/// <param name="Leader">Who; null while nobody does.</param>
/// <param name="Term">The leadership: it only grows; 0 while nobody leads.</param>
/// <param name="IsSelf">Whether this node leads.</param>
/// <param name="Mode">By what right: <c>quorum</c>, with a majority's lease, or <c>available</c>, in this part of the network.</param>
/// <param name="Election">Which election nominates: <c>bully</c> or <c>ring</c>.</param>
/// <param name="Color">The part that this node plays: <c>green</c>, <c>red</c>, or <c>none</c> while it is not known.</param>
/// <param name="History">The leaderships that it knew of, the latest first.</param>
public sealed record LeaderView(
    NodeNameView? Leader, long Term, bool IsSelf, string Mode, string Election, string Color, IReadOnlyList<LeadershipView> History)
{
    /// <summary>Made from what the node knows.</summary>
    public static LeaderView Of(ApiSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var election = snapshot.Election;
        return new LeaderView(
            election?.Term is { } term ? NodeNameView.Of(term.Leader, snapshot.Members) : null,
            (long)(election?.Term?.Counter ?? 0),
            election?.Term?.Leader == snapshot.Self.Id,
            snapshot.Mode,
            election?.Kind.ToString().ToLowerInvariant() ?? "none",
            ColorsView.Word(election?.Colouring.Of(snapshot.Self.Id) ?? default),
            [.. (election?.History ?? []).Reverse().Select(LeadershipView.Of)]);
    }
}
