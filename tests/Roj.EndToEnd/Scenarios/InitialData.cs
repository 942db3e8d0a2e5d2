namespace Roj.EndToEnd;

/// <summary>What a node's data file is at first.</summary>
/// <param name="Length">Its length in bytes; null: there is no file.</param>
/// <param name="RightParts">Which parts are right, as far as the length allows; everything else is junk.</param>
/// <param name="JunkSeed">What the junk follows from.</param>
internal sealed record InitialData(long? Length, IReadOnlySet<int> RightParts, ulong JunkSeed);
