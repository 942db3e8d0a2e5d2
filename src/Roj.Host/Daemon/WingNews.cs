using Roj.Kernel;

namespace Roj.Host.Daemon;

/// <summary>What happens in agreement or election that somebody may want to know.</summary>
/// <param name="Kind">Which kind of event, such as <c>roster.seated</c> or <c>leader.changed</c>.</param>
/// <param name="Text">One line for people: what it is, and what to do.</param>
/// <param name="Level">How much an operator wants to read of it.</param>
/// <param name="Node">Whom it is about; null for nobody in particular.</param>
public record WingNews(string Kind, string Text, LogLevel Level, NodeId? Node = null);
