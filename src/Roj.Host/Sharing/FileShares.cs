using Roj.Files;

namespace Roj.Host.Sharing;

/// <summary>Who has how much of one file, as this node knows.</summary>
/// <param name="File">How it stands here.</param>
/// <param name="Sight">Which parts are here, and what others have.</param>
public sealed record FileShares(FileStatus File, SwarmSight Sight);
