using Roj.Host.Tokens;

namespace Roj.Host.Http.Views;

/// <summary>What <c>GET /api/v1/token/log</c> says: the last that this node knows to have happened to a token, the latest last.</summary>
/// <param name="Entries">What.</param>
public sealed record TokenLogView(IReadOnlyList<TokenLogView.Entry> Entries)
{
    /// <summary>One thing that happened.</summary>
    /// <param name="Time">When, by this node's calendar.</param>
    /// <param name="Event"><c>held</c>, <c>passed</c>, <c>lost</c>, <c>dropped</c>, <c>seen</c> or <c>step</c>.</param>
    /// <param name="Holder">Whose turn it was from then on; null where that is not what it is about.</param>
    /// <param name="HolderName">What people call him.</param>
    /// <param name="Epoch">The first number of its fence; 0 where it is not about a turn.</param>
    /// <param name="Sequence">The second.</param>
    /// <param name="Progress">How far the work was.</param>
    /// <param name="Message">For people.</param>
    public sealed record Entry(
        DateTimeOffset Time, string Event, string? Holder, string? HolderName, ulong Epoch, ulong Sequence, ulong Progress, string Message);

    /// <summary>Made from what the node remembers.</summary>
    public static TokenLogView Of(IReadOnlyList<TokenLogEntry> entries) => new([.. entries.Select(one => new Entry(
        one.At, one.Kind, one.Holder?.ToString(), one.HolderName, one.Stamp.Epoch, one.Stamp.Sequence, one.Stamp.Progress, one.Message))]);
}
