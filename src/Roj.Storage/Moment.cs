using Roj.Kernel;

namespace Roj.Storage;

/// <summary>A time by both clocks: the one that only goes forward, for patience; the wall's, for stamps and for what ends at a given
/// time.</summary>
/// <param name="Now">By the first.</param>
/// <param name="Unix">By the other: milliseconds since 1970 (UTC). It may be wrong, and jump.</param>
public readonly record struct Moment(Instant Now, long Unix);
