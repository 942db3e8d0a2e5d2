using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;

namespace Roj.Host.Storage;

/// <summary>What the store of a node is given.</summary>
internal sealed record StoreWingOptions
{
    /// <summary>The node.</summary>
    public required NodeId Self { get; init; }

    /// <summary>Where it is called.</summary>
    public required Endpoint Own { get; init; }

    /// <summary>The data directory.</summary>
    public required string DataPath { get; init; }

    /// <summary>Which life it counts.</summary>
    public required uint Life { get; init; }

    /// <summary>How many copies there are of each key.</summary>
    public required int Copies { get; init; }

    /// <summary>The port for clients; 0 for none.</summary>
    public required ushort RespPort { get; init; }

    /// <summary>Whether the user asked for it.</summary>
    public required bool IsRespPortAsked { get; init; }

    /// <summary>The address for clients; null for what is usual.</summary>
    public uint? RespAddress { get; init; }

    /// <summary>The hash of the cluster's name.</summary>
    public required ulong Cluster { get; init; }

    /// <summary>How nodes prove to each other that they hold the key; null without one.</summary>
    public Tls? Tls { get; init; }

    /// <summary>The cluster's keys; null if it has none.</summary>
    public ClusterKeys? Keys { get; init; }

    /// <summary>Told what somebody may want to know.</summary>
    public required Action<WingNews> Tell { get; init; }

    /// <summary>Told what can't be lived with.</summary>
    public required Action<string> Fail { get; init; }
}
