using Roj.Kernel;

namespace Roj.Cli.Doctor;

/// <summary>An answer to a hello.</summary>
/// <param name="From">Who.</param>
/// <param name="Id">Who it says to be.</param>
/// <param name="Boot">Which process of that node.</param>
internal sealed record Answered(Endpoint From, NodeId Id, ulong Boot);
