using Roj.Host.Security;
using Roj.Kernel;

namespace Roj.Host.Sharing;

/// <summary>What a node's file service is told, and its limits.</summary>
public sealed record FileServiceOptions
{
    /// <summary>Where to listen for peers; where that port is taken, another is.</summary>
    public required Endpoint Listen { get; init; }

    /// <summary>The node's data directory: the service keeps <c>files.json</c> and <c>files/</c> there.</summary>
    public required string DataPath { get; init; }

    /// <summary>Whether peers with public addresses are talked to.</summary>
    public bool AnyAddress { get; init; }

    /// <summary>Whether peers that hold no key of the cluster are talked to as well, in the clear; all are where there is no key.</summary>
    public bool AllowPlainSwarm { get; init; }

    /// <summary>The cluster's keys: who holds none of them gets nothing, and who does may be anywhere. Null for none.</summary>
    internal ClusterKeys? Keys { get; init; }

    /// <summary>Whether peers with public addresses are talked to, one way or the other.</summary>
    internal bool IsAnywhere => AnyAddress || Keys is not null;

    /// <summary>Files known at most, whether shared, complete or on their way. Each is an open file and some 50 KB of memory.</summary>
    public int KnownMax { get; init; } = 1024;

    /// <summary>Files on their way at most: each asks every member for itself, every other second.</summary>
    public int WantedMax { get; init; } = 128;

    /// <summary>Files that are being hashed to be shared, at one time; more wait for their turn.</summary>
    public int HashingMax { get; init; } = 2;

    /// <summary>Sockets of peers over all files at most; who calls meanwhile waits in the backlog.</summary>
    public int SocketsMax { get; init; } = 256;

    /// <summary>Of those, how many we may have dialled: the rest is for who calls, so that two full nodes can still meet.</summary>
    public int DialledMax => SocketsMax - (SocketsMax / 4);
}
