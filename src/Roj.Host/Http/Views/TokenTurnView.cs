namespace Roj.Host.Http.Views;

/// <summary>A line of what <c>POST /api/v1/token/hold</c> says, for as long as it lasts.</summary>
/// <param name="Event"><c>waiting</c>, <c>held</c>, <c>kept</c> or <c>lost</c>.</param>
/// <param name="LeftMs">How long the turn surely still lasts, in milliseconds from when this was said; null if it is not about
/// one.</param>
/// <param name="Token">The token; with <c>held</c>, as all below.</param>
/// <param name="Lease">What its fences name.</param>
/// <param name="Epoch">The first number of its fence.</param>
/// <param name="Sequence">The second.</param>
/// <param name="Progress">How far the work is.</param>
/// <param name="Bytes">How long the result so far is.</param>
/// <param name="Message">Why it is lost.</param>
public sealed record TokenTurnView(
    string Event,
    long? LeftMs = null,
    string? Token = null,
    string? Lease = null,
    ulong? Epoch = null,
    ulong? Sequence = null,
    ulong? Progress = null,
    long? Bytes = null,
    string? Message = null);
