namespace Roj.Agreement;

/// <summary>A register of the store that replicas were seen to have something of.</summary>
/// <param name="Name">Which.</param>
/// <param name="At">Where it is in its slot: <see cref="Place.At"/>.</param>
/// <param name="IsSure">Whether a majority took the same last, so that what follows is what it holds. Else it must be read.</param>
/// <param name="IsThere">Whether it holds something.</param>
/// <param name="EndsAt">When that ends, in milliseconds since 1970 (UTC), if it is a <see cref="TimedValue"/> that does.</param>
public sealed record Sight(RegisterName Name, ulong At, bool IsSure, bool IsThere, long? EndsAt);
