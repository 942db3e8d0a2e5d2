using Roj.Host.Tokens;

namespace Roj.Host.Http.Views;

/// <summary>What <c>GET /api/v1/token</c> says: how a token stands, as far as this node knows.</summary>
/// <param name="Name">Which.</param>
/// <param name="Mode">By what right whoever holds it does: <c>quorum</c>, by a majority's lease, or <c>available</c>, as he has it.</param>
/// <param name="State">How this node stands to it: <c>owner</c>, <c>waiter</c>, <c>loser</c>, <c>generating</c>, <c>passing</c>,
/// <c>doubting</c>, <c>claiming</c> or <c>fetching</c>.</param>
/// <param name="Holder">Whose turn it was when it was heard of last; null for nobody yet.</param>
/// <param name="HolderName">What people call him.</param>
/// <param name="Epoch">The first number of its fence.</param>
/// <param name="Sequence">The second.</param>
/// <param name="Progress">How far the work is.</param>
/// <param name="Turns">Turns that this node had since it began.</param>
/// <param name="Work">What goes round with it: <c>pi</c>, <c>none</c>, <c>attached</c>, or what a program calls its own.</param>
/// <param name="Note">What went wrong with the work last; null for nothing.</param>
public sealed record TokenView(
    string Name,
    string Mode,
    string State,
    string? Holder,
    string? HolderName,
    ulong Epoch,
    ulong Sequence,
    ulong Progress,
    long Turns,
    string Work,
    string? Note)
{
    /// <summary>Made from what the node knows.</summary>
    public static TokenView Of(TokenStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var seen = status.Seen;
        return new TokenView(
            status.Name,
            status.IsLeased ? "quorum" : "available",
            status.State.ToString().ToLowerInvariant(),
            status.Holder?.ToString(),
            status.HolderName,
            seen.Epoch,
            seen.Sequence,
            seen.Progress,
            status.Turns,
            status.Work,
            status.Note);
    }
}
