using Roj.Election;

namespace Roj.Host.Daemon;

/// <summary>There are other colours than before: <c>colors.changed</c>.</summary>
/// <param name="Colouring">They.</param>
/// <param name="Text">One line for people.</param>
public sealed record ColorNews(Colouring Colouring, string Text)
    : WingNews("colors.changed", Text, LogLevel.Info, Colouring?.Term.Leader);
