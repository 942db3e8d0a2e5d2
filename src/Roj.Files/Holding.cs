using Roj.Kernel;

namespace Roj.Files;

/// <summary>What somebody else has of the file, as he told us last.</summary>
/// <param name="At">Where he listens; where he called from while that is not known.</param>
/// <param name="Have">How many pieces.</param>
/// <param name="Sketch">Which ones, roughly (<see cref="PieceSet.Sketch"/>).</param>
public readonly record struct Holding(Endpoint At, int Have, string Sketch);
