using Roj.Host.Election;

namespace Roj.Host.Http.Views;

/// <summary>One leadership as a node saw it, or a time without a leader.</summary>
/// <param name="Term">Which; 0 for a time without.</param>
/// <param name="Id">The leader's id; null where there was none.</param>
/// <param name="Name">What the leader was called then; null where there was none.</param>
/// <param name="Since">When the node heard of it.</param>
/// <param name="Until">When it was over; null while it lasts.</param>
/// <param name="Began">How it began, for people.</param>
/// <param name="Ended">Why it was over, for people; null while it lasts.</param>
public sealed record LeadershipView(
    long Term, string? Id, string? Name, DateTimeOffset Since, DateTimeOffset? Until, string Began, string? Ended)
{
    internal static LeadershipView Of(Leadership one) => new(
        (long)(one.Term?.Counter ?? 0), one.Term?.Leader.ToString(), one.Name, one.Since, one.Until, one.WhyBegun, one.WhyEnded);
}
