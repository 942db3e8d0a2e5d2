using System.Net;

namespace Roj.Host.Storage;

/// <summary>What a router of numbered servers is told.</summary>
public sealed record RouterOptions
{
    /// <summary>Where servers come to.</summary>
    public required IPEndPoint ForServers { get; init; }

    /// <summary>Where clients come to.</summary>
    public required IPEndPoint ForClients { get; init; }

    /// <summary>How many servers there are.</summary>
    public required int Servers { get; init; }

    /// <summary>How many of them have a key.</summary>
    public required int Copies { get; init; }

    /// <summary>Its data directory.</summary>
    public required string Path { get; init; }

    /// <summary>Versions kept for servers that are away at most, and bytes of them; null for what is usual.</summary>
    public (int Count, long Bytes)? HintsMax { get; init; }

    /// <summary>Told what is wrong and can be lived with. On any thread.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>Told that servers came or went, or what they lacked was given to them. On any thread.</summary>
    public Action Changed { get; init; } = () => { };

    /// <summary>Told what can't be lived with. On any thread.</summary>
    public Action<string> Fail { get; init; } = _ => { };
}
