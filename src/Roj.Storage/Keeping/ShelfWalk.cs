namespace Roj.Storage;

/// <summary>A part of a walk through a shelf: all of one range of hashes.</summary>
/// <param name="Items">In the order of their hashes.</param>
/// <param name="Notes">The names of notes in that range.</param>
/// <param name="Last">The last hash of the range.</param>
/// <param name="HasGaps">Whether something in that range could not be read, now or ever.</param>
public sealed record ShelfWalk(IReadOnlyList<ShelfItem> Items, IReadOnlyList<ReadOnlyMemory<byte>> Notes, ulong Last, bool HasGaps = false);
