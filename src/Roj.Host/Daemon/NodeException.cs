namespace Roj.Host.Daemon;

/// <summary>A node can't begin, or can't go on. The message is one line for the user.</summary>
/// <param name="message">What is wrong, where, and what to do.</param>
/// <param name="isWrongUse">Whether the user must change something he told us.</param>
public sealed class NodeException(string message, bool isWrongUse = false) : Exception(message)
{
    /// <summary>Whether the user must change something he told us: exit code 2 instead of 1.</summary>
    public bool IsWrongUse { get; } = isWrongUse;
}
