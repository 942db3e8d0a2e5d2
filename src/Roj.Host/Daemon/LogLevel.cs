namespace Roj.Host.Daemon;

/// <summary>How much an operator wants to read.</summary>
public enum LogLevel
{
    /// <summary>Everything, also what happens all the time.</summary>
    Debug,

    /// <summary>What changes: members, addresses, lives.</summary>
    Info,

    /// <summary>What is wrong, and the node goes on without it.</summary>
    Warning,

    /// <summary>Why the node ends.</summary>
    Error,
}
