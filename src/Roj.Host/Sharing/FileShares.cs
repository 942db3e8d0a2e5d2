using Roj.Files;

namespace Roj.Host.Sharing;

/// <summary>Who has how much of one file, as this node knows.</summary>
/// <param name="File">How it stands here.</param>
/// <param name="Sketch">Which of its parts are here, roughly (<see cref="PieceSet.Sketch"/>).</param>
/// <param name="Others">What others have, as they told last.</param>
public sealed record FileShares(FileStatus File, string Sketch, IReadOnlyList<Holding> Others);
