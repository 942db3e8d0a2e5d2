namespace Roj.Log;

/// <summary>A part of a walk through the keys that have a value, in the order of their hashes: all of one range.</summary>
/// <param name="Records">About as many as were asked for; there may be none, and more to come.</param>
/// <param name="Last">The last hash of the range: the next part begins behind it, and after <see cref="ulong.MaxValue"/> there is
/// none.</param>
public sealed record LogWalk(IReadOnlyList<LogWalked> Records, ulong Last);
