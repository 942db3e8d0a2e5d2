using System.Globalization;
using Roj.Kernel;

namespace Roj.Host.Http.Views;

/// <summary>What <c>GET /api/v1/roster</c> says: who decides, as far as this node knows.</summary>
/// <param name="Version">How often it was changed, 1 for the first; 0 while there is none.</param>
/// <param name="Cluster">Which cluster's, 32 hexadecimal digits; null while there is none.</param>
/// <param name="Voting">Whether this node takes part in what is decided.</param>
/// <param name="Members">Whose majority decides.</param>
/// <param name="Next">Whose majority is needed besides, since they are to be the members; null while nobody moves.</param>
/// <param name="Expected">How many nodes this one was told to make a cluster with; 0 for none.</param>
/// <param name="Awaited">Whom it waits for to begin with, by id, where those are known.</param>
public sealed record RosterView(
    long Version,
    string? Cluster,
    bool Voting,
    IReadOnlyList<SeatView> Members,
    IReadOnlyList<SeatView>? Next,
    int Expected,
    IReadOnlyList<string> Awaited)
{
    /// <summary>Made from what the node knows.</summary>
    public static RosterView Of(ApiSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var (agreement, set) = (snapshot.Agreement, snapshot.Agreement?.Roster);
        SeatView[] Seats(IEnumerable<NodeId> nodes) => [.. nodes.Select(node => SeatView.Of(node, snapshot.Members))];
        return new RosterView(
            (long)(set?.Version ?? 0),
            set?.Cluster.ToString("x32", CultureInfo.InvariantCulture),
            agreement?.IsVoting ?? false,
            Seats(set?.Members ?? []),
            set?.Next is { } next ? Seats(next) : null,
            agreement?.Expected ?? 0,
            [.. (agreement?.Awaited ?? []).Select(node => node.ToString())]);
    }
}
