using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>What a swarm asks of its host. The bytes of the file are the host's alone: the swarm speaks of them by piece and
/// offset.</summary>
public abstract record SwarmEffect
{
    private SwarmEffect()
    {
    }

    /// <summary>Open a connection; the host answers with <see cref="Swarm.Connected"/> or <see cref="Swarm.Closed"/>.</summary>
    /// <param name="Connection">The name that the connection will have.</param>
    /// <param name="Peer">Where the peer listens.</param>
    public sealed record Connect(ConnectionId Connection, Endpoint Peer) : SwarmEffect;

    /// <summary>Send the handshake of BEP 3, in order with the messages to the same connection.</summary>
    /// <param name="Connection">To whom.</param>
    /// <param name="Handshake">What to send.</param>
    public sealed record Shake(ConnectionId Connection, Handshake Handshake) : SwarmEffect;

    /// <summary>Close a connection; the swarm has forgotten it and wants to hear no more of it.</summary>
    /// <param name="Connection">Which one.</param>
    /// <param name="Reason">Why, for the log.</param>
    public sealed record Close(ConnectionId Connection, CloseReason Reason) : SwarmEffect;

    /// <summary>Make the data file exactly <see cref="InfoDictionary.Length"/> bytes long, creating it if it is missing, then check every
    /// piece
    /// in order and answer with <see cref="Swarm.Verified"/> for each. Asked for again when the file was changed: answers to what was
    /// asked before are void.</summary>
    /// <param name="Info">The description.</param>
    public sealed record Open(InfoDictionary Info) : SwarmEffect;

    /// <summary>Write the payload that stands beside the <see cref="PeerMessage.Piece"/> just received to its place in the data
    /// file.</summary>
    /// <param name="Block">Its place.</param>
    public sealed record Write(Block Block) : SwarmEffect;

    /// <summary>When what was written before is in the file, hash a piece and answer with <see cref="Swarm.Verified"/>.</summary>
    /// <param name="Piece">Which one.</param>
    public sealed record Verify(int Piece) : SwarmEffect;

    /// <summary>Copy a verified piece over an equal one of the same file, hash that and answer with <see cref="Swarm.Verified"/>.</summary>
    /// <param name="From">The piece that is right.</param>
    /// <param name="To">The piece that should become so.</param>
    public sealed record Copy(int From, int To) : SwarmEffect;

    /// <summary>Keep the description for the next start, atomically.</summary>
    /// <param name="Info">The description.</param>
    public sealed record Remember(InfoDictionary Info) : SwarmEffect;
}
