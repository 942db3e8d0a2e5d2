using System.Net;

namespace Roj.Host.Storage;

/// <summary>What a numbered server is told.</summary>
public sealed record ServerOptions
{
    /// <summary>Where its router takes servers in.</summary>
    public required IPEndPoint Router { get; init; }

    /// <summary>Which one it is.</summary>
    public required int Number { get; init; }

    /// <summary>Its data directory.</summary>
    public required string Path { get; init; }

    /// <summary>Told what is wrong and can be lived with. On any thread.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>Told that it is connected, is not any more, or was refused. On any thread.</summary>
    public Action Changed { get; init; } = () => { };

    /// <summary>Told what can't be lived with. On any thread.</summary>
    public Action<string> Fail { get; init; } = _ => { };
}
