using Roj.Files.Metadata;

namespace Roj.Files;

/// <summary>A file that a peer says it serves.</summary>
/// <param name="InfoHash">Its info hash.</param>
/// <param name="Name">The name in the description behind it.</param>
public readonly record struct ServedFile(Sha1Digest InfoHash, string Name);
