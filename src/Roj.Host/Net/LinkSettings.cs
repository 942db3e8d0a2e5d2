using System.Net.Sockets;
using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>How this node's links begin.</summary>
internal sealed record LinkSettings
{
    /// <summary>What it says first.</summary>
    public required LinkHello Own { get; init; }

    /// <summary>Where it calls from: others know it by that address.</summary>
    public required Endpoint From { get; init; }

    /// <summary>Where a node listens, as far as is known; null for one that is not here.</summary>
    public required Func<NodeId, Endpoint?> PlaceOf { get; init; }

    /// <summary>Shakes hands; null for a cluster without a key.</summary>
    public Tls? Tls { get; init; }

    /// <summary>What is said in the clear over a socket.</summary>
    public Func<Socket, PlainChannel> Over { get; init; } = socket => new PlainChannel(socket);

    /// <summary>How long a connection may take.</summary>
    public TimeSpan ConnectPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the handshake and what is said first may take.</summary>
    public TimeSpan HelloPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long after a failed call another one is made, at the earliest; twice as long each time.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest of those pauses.</summary>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromSeconds(2);
}
