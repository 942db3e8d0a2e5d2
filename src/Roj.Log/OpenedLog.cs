using System.Diagnostics.CodeAnalysis;

namespace Roj.Log;

/// <summary>What came of opening a log: either the log, or why not.</summary>
public sealed class OpenedLog
{
    internal OpenedLog(DurableLog log, TornTail? tail) => (Log, Tail) = (log, tail);

    internal OpenedLog(LogFault fault) => Fault = fault;

    /// <summary>The log; null if it could not be opened.</summary>
    public DurableLog? Log { get; }

    /// <summary>Why not; null if it could.</summary>
    public LogFault? Fault { get; }

    /// <summary>What was cut off at the end; null if nothing was.</summary>
    public TornTail? Tail { get; }

    /// <summary>Whether there is a log.</summary>
    public bool TryGet([NotNullWhen(true)] out DurableLog? log, [NotNullWhen(false)] out LogFault? fault)
    {
        (log, fault) = (Log, Fault);
        return log is not null;
    }
}
