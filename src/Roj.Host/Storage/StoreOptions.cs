using Roj.Kernel;
using Roj.Storage;
using Roj.Storage.Wire;

namespace Roj.Host.Storage;

/// <summary>What a node's part in the store is given.</summary>
internal sealed record StoreOptions
{
    /// <summary>The node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>A directory of its own.</summary>
    public required string Path { get; init; }

    /// <summary>Which life the data directory counts; 0 if there is none.</summary>
    public uint Life { get; init; }

    /// <summary>How many copies there are of each key.</summary>
    public int Copies { get; init; } = 2;

    /// <summary>How many numbered servers have the keys; null where nodes have them by a map.</summary>
    public int? Servers { get; init; }

    /// <summary>Hints kept at most, and bytes of them; null for what is usual.</summary>
    public (int Count, long Bytes)? HintsMax { get; init; }

    /// <summary>What clients must say first; null if nothing.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>Sends a message to a node. On the store's thread.</summary>
    public Action<NodeId, StorageMessage> Send { get; init; } = (_, _) => { };

    /// <summary>Told what happens. On the store's thread.</summary>
    public Action<StorageEvent> Heard { get; init; } = _ => { };

    /// <summary>Told what is wrong and can be lived with.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>Told what can't be lived with. On the store's thread.</summary>
    public Action<string> Fail { get; init; } = _ => { };
}
