using Roj.Kernel;

namespace Roj.Host.Election;

/// <summary>One leadership as a node saw it, or a time without one.</summary>
/// <param name="Term">Which; null for a time without.</param>
/// <param name="Name">What the leader was called then; null where there was none.</param>
/// <param name="Since">When the node heard of it.</param>
/// <param name="Until">When it was over, as far as it knows; null while it lasts.</param>
/// <param name="WhyBegun">How it began, for people.</param>
/// <param name="WhyEnded">Why it was over, for people; null while it lasts.</param>
internal sealed record Leadership(
    Term? Term, string? Name, DateTimeOffset Since, DateTimeOffset? Until, string WhyBegun, string? WhyEnded);
