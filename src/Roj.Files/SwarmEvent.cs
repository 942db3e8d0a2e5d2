using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>What happened in a swarm that its node may want to know.</summary>
public abstract record SwarmEvent
{
    private SwarmEvent()
    {
    }

    /// <summary>The description is known now.</summary>
    /// <param name="Info">The description.</param>
    public sealed record Described(InfoDictionary Info) : SwarmEvent;

    /// <summary>A description came that is what its name says, but can't be shared here. It is sought no more.</summary>
    /// <param name="InfoHash">The name.</param>
    /// <param name="Fault">One line that says which member is at fault and why.</param>
    public sealed record Unusable(Sha1Digest InfoHash, string Fault) : SwarmEvent;

    /// <summary>Every piece on disk has been looked at once.</summary>
    /// <param name="Have">How many were right.</param>
    public sealed record Checked(int Have) : SwarmEvent;

    /// <summary>Every piece is right.</summary>
    /// <param name="Repaired">Whether one was wrong in this life of the node.</param>
    public sealed record Completed(bool Repaired) : SwarmEvent;

    /// <summary>A peer was learnt from another peer, or called us, and listens there.</summary>
    /// <param name="Peer">Where it listens for swarm connections.</param>
    public sealed record PeerLearnt(Endpoint Peer) : SwarmEvent;

    /// <summary>Handshakes were exchanged.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Peer">The other side's address.</param>
    public sealed record PeerMet(ConnectionId Connection, Endpoint Peer) : SwarmEvent;

    /// <summary>A connection whose handshakes had been exchanged is gone.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Reason">Why we closed it; null if the other side or the network did.</param>
    public sealed record PeerLost(ConnectionId Connection, CloseReason? Reason) : SwarmEvent;

    /// <summary>A piece failed its check though all of it came from one peer, or a description was not what its name said.</summary>
    /// <param name="Peer">Whose.</param>
    public sealed record PeerBanned(Endpoint Peer) : SwarmEvent;
}
