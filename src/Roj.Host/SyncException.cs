namespace Roj.Host;

/// <summary>A sync job can't begin, or can't go on. The message is one line for the user.</summary>
public sealed class SyncException(string message, bool isWrongUse) : Exception(message)
{
    /// <summary>Whether the user must change something he gave us: exit code 2 instead of 1.</summary>
    public bool IsWrongUse { get; } = isWrongUse;
}
