using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Files.Tracking;

/// <summary>What a node's own tracker may tell of the node.</summary>
/// <param name="InfoHash">The file that is shared or sought; null while that is not known.</param>
/// <param name="Own">Where the node listens.</param>
/// <param name="IsComplete">Whether it has all of the file.</param>
/// <param name="Peers">Peers that it has met, and where they listen.</param>
public sealed record SharedState(Sha1Digest? InfoHash, Endpoint Own, bool IsComplete, IReadOnlyList<Endpoint> Peers);
