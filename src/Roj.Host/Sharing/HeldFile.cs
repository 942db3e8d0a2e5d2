using Roj.Agreement;
using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Host.Sharing;

/// <summary>What is remembered of a file from one life of the node to the next.</summary>
/// <param name="Id">Which.</param>
/// <param name="IsShared">Whether it is the user's own, shared where it is; else it was fetched, or is on its way.</param>
/// <param name="Path">Where it is; null until that is known.</param>
/// <param name="To">Where the user wants it, a file or a folder; null for the node's own folder.</param>
internal sealed record HeldFile(Sha1Digest Id, bool IsShared, string? Path, string? To)
{
    /// <summary>The greatest fence of each lease under which something was shared there; never more than
    /// <see cref="Content.FencesMax"/>, none of what was fetched.</summary>
    public IReadOnlyList<Fence> Fences { get; init; } = [];
}
