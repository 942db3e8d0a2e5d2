namespace Roj.Host.Http.Views;

/// <summary>What <c>GET /api/v1/overview</c> says: all that the page shows, at one moment.</summary>
/// <param name="Time">The moment, by this node's clock.</param>
/// <param name="Seq">The number of the newest event that is in it.</param>
/// <param name="Self">This node.</param>
/// <param name="Nodes">All who are known, by id.</param>
/// <param name="Leader">Who leads.</param>
/// <param name="Tokens">The tokens that this node takes part in, by name.</param>
/// <param name="Store">How the store stands; null for a node that has no part in it.</param>
/// <param name="Files">Some of the files: those on their way first; at most <see cref="FilesMax"/>.</param>
/// <param name="FileCount">How many files there are.</param>
public sealed record OverviewView(
    DateTimeOffset Time,
    long Seq,
    StatusView Self,
    IReadOnlyList<OverviewNodeView> Nodes,
    LeaderView Leader,
    IReadOnlyList<OverviewTokenView> Tokens,
    OverviewStoreView? Store,
    IReadOnlyList<OverviewFileView> Files,
    int FileCount)
{
    /// <summary>How many files are told of at most.</summary>
    public const int FilesMax = 24;
}
