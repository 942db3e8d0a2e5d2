namespace Roj.Storage.Resp;

/// <summary>How one connection is served.</summary>
public sealed record RespSettings
{
    /// <summary>The version of Redis whose ways are followed: clients decide by it what they may say.</summary>
    public const string RedisVersion = "7.0.15";

    /// <summary>What AUTH must say; null if nobody is asked who he is.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>Whether nothing more is looked at after a wrong password, before <see cref="RespSession.Resume"/>: so that whoever drives
    /// the session can slow down who guesses.</summary>
    public bool HoldsAfterGuess { get; init; }

    /// <summary>The number of the connection, which no other has had.</summary>
    public long ConnectionId { get; init; } = 1;

    /// <summary>Where the client is, as <c>address:port</c>.</summary>
    public string Peer { get; init; } = "";

    /// <summary>Where the client came to, as <c>address:port</c>.</summary>
    public string Local { get; init; } = "";

    /// <summary>Calls at most that are under way at a time.</summary>
    public int CallsMax { get; init; } = 1024;
}
