using Roj.Kernel;
using Roj.Membership;

namespace Roj.Host.Http;

/// <summary>Where a node's HTTP API listens, and how patient it is.</summary>
public sealed record ApiOptions
{
    /// <summary>The port unless another is given.</summary>
    public const ushort DefaultPort = 7070;

    /// <summary>Connections at one time; one more is closed at once.</summary>
    public const int ConnectionsMax = 256;

    /// <summary>Connections of one address at one time: the greediest leaves the others half of them.</summary>
    public const int ConnectionsPerAddressMax = 128;

    /// <summary>Streams of events at one time.</summary>
    public const int StreamsMax = 64;

    /// <summary>Bytes of all header lines of a request.</summary>
    public const int HeaderBytesMax = 16 * 1024;

    /// <summary>Bytes of a request's first line.</summary>
    public const int RequestLineBytesMax = 8 * 1024;

    /// <summary>Bytes of a request's body.</summary>
    public const int BodyBytesMax = 64 * 1024;

    /// <summary>Where to listen; address 0 for all of this host, port 0 for any that is free.</summary>
    public required Endpoint Listen { get; init; }

    /// <summary>Where to listen too, if that can be had; null for nowhere.</summary>
    public Endpoint? Also { get; init; }

    /// <summary>The node's own name: a request may use it as the host's.</summary>
    public required string Name { get; init; }

    /// <summary>Whether BitTorrent programs, which have no token, may announce themselves though the cluster has a key.</summary>
    public bool AllowPlainTracker { get; init; }

    /// <summary>How long a client has for the head of a request.</summary>
    public TimeSpan HeadPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may be silent between requests.</summary>
    public TimeSpan IdlePatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the node's loop has for an answer: it takes milliseconds.</summary>
    public TimeSpan NodePatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a stream says that it is still there: middle boxes forget what is silent for a minute.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The loopback's place beside <paramref name="own"/>, for who asks the node of his own machine; null where that is a loopback
    /// address itself (several nodes of one machine would want the same place), all addresses, or no port yet.</summary>
    public static Endpoint? LoopbackBeside(Endpoint own) =>
        own.Address == 0 || own.Port == 0 || Addresses.IsLoopback(own.Address) ? null : own with { Address = 0x7F000001 };
}
