namespace Roj.EndToEnd.Tokens;

/// <summary>What a node said of a token in its log.</summary>
/// <param name="At">When, by the clock on the wall, which all nodes of the lab share.</param>
/// <param name="Kind">token.lost, token.dropped, token.step or token.failed.</param>
/// <param name="Message">What, for people.</param>
internal sealed record TokenNews(DateTimeOffset At, string Kind, string Message);
