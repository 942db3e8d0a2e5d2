using Roj.Kernel;

namespace Roj.Host.Daemon;

/// <summary>Another leads than before, or nobody does: <c>leader.changed</c>.</summary>
/// <param name="Term">The leadership; null for none.</param>
/// <param name="Why">Why the one before is over, or how this one began, for people.</param>
/// <param name="Text">One line for people.</param>
public sealed record LeaderNews(Term? Term, string Why, string Text) : WingNews("leader.changed", Text, LogLevel.Info, Term?.Leader);
