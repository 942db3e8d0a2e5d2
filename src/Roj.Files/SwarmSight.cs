namespace Roj.Files;

/// <summary>Who has what of a file, for people to look at.</summary>
/// <param name="Sketch">Which pieces are right on our disk, roughly (<see cref="PieceSet.Sketch"/>); empty before the file is
/// described.</param>
/// <param name="Others">What others have, as they told last: those who are connected, and those who hung up since.</param>
public sealed record SwarmSight(string Sketch, IReadOnlyList<Holding> Others);
