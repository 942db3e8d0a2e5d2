namespace Roj.Storage.Resp;

/// <summary>What clients may want to know of the node that serves them: INFO and CONFIG GET answer from it.</summary>
/// <remarks>One for all connections; the host replaces a connection's facts whenever there are newer ones.</remarks>
public sealed record RespFacts
{
    /// <summary>The version of Roj.</summary>
    public string Version { get; init; } = "0.0.0";

    /// <summary>How the store is run: <c>quorum</c> or <c>available</c>.</summary>
    public string Mode { get; init; } = "quorum";

    /// <summary>The node's id, as 40 hexadecimal digits or whatever else names this run of it.</summary>
    public string RunId { get; init; } = "";

    /// <summary>The port that clients come to.</summary>
    public int Port { get; init; }

    /// <summary>The id of the process.</summary>
    public int ProcessId { get; init; }

    /// <summary>How long the node has been up.</summary>
    public TimeSpan Uptime { get; init; }

    /// <summary>Connections of clients.</summary>
    public int Clients { get; init; }

    /// <summary>Connections of clients at most; 0 if there is no limit.</summary>
    public int ClientsMax { get; init; }

    /// <summary>Connections of clients that there have been.</summary>
    public long ClientsEver { get; init; }

    /// <summary>Commands that were answered.</summary>
    public long CommandsEver { get; init; }

    /// <summary>After how much silence a connection is closed; zero for never.</summary>
    public TimeSpan IdleMax { get; init; }

    /// <summary>Bytes of memory that the node has in use.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>How many nodes beside one have every write that was acknowledged: what WAIT answers.</summary>
    public int OtherCopies { get; init; }

    /// <summary>How many keys each database has, about; databases that are missing at the end have none.</summary>
    public IReadOnlyList<long> Keys { get; init; } = [];
}
