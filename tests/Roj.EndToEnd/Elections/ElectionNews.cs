namespace Roj.EndToEnd.Elections;

/// <summary>What a node said of an election in its log.</summary>
/// <param name="At">When, by the clock on the wall, which all nodes of the lab share.</param>
/// <param name="Kind">leader.changed, colors.changed, election.step or hook.</param>
/// <param name="Message">What, for people.</param>
/// <param name="Leader">The id of who leads; null if this is about something else, or nobody does.</param>
/// <param name="Term">The leadership; 0 if this is about something else, or nobody leads.</param>
internal sealed record ElectionNews(DateTimeOffset At, string Kind, string Message, string? Leader, ulong Term);
