using Roj.Kernel;
using Roj.Storage.Wire;

namespace Roj.Storage;

/// <summary>Which servers a router takes in, and what either side may say then.</summary>
public static class Doorkeeping
{
    /// <summary>Whether a server is welcome.</summary>
    /// <param name="hello">What it said.</param>
    /// <param name="cluster">Which cluster this is.</param>
    /// <param name="servers">How many servers it has.</param>
    /// <param name="there">Whose data directory is connected under that number; null if none is. The same one again is welcome: it has
    /// lost its connection before this side noticed.</param>
    public static ServerVerdict Judge(ServerHello hello, NodeId cluster, int servers, NodeId? there) =>
        hello.Number >= servers ? ServerVerdict.NoSuchNumber
        : hello.Cluster != default && hello.Cluster != cluster ? ServerVerdict.OtherCluster
        : there is { } one && one != hello.Id ? ServerVerdict.NumberTaken
        : ServerVerdict.Welcome;

    /// <summary>Whether a server may say this: it only answers.</summary>
    public static bool MayServerSay(StorageMessage message) =>
        message is StorageMessage.Got or StorageMessage.Stored or StorageMessage.Newer or StorageMessage.Unable or StorageMessage.Listed;

    /// <summary>Whether a router may say this to a server.</summary>
    public static bool MayRouterSay(StorageMessage message) => message is StorageMessage.Get or StorageMessage.Put or StorageMessage.List;
}
