using Roj.Files;
using Roj.Files.Wire;

namespace Roj.Simulation.Swarms;

/// <summary>What must hold at every step: a node tells of, and gives, only what is right on its disk at that moment (S3).</summary>
public sealed class SwarmInvariants(SwarmTruth truth)
{
    private static readonly SwarmSettings Usual = new() { PeerId = default, ListenPort = 0 };
    private static readonly int ConnectionsMax = Usual.ConnectionsMax + Usual.LobbyMax;
    private static readonly int UndrainedBytesMax = Usual.UnsentBytesMax + (128 * 1024); // one more block, of the longest

    private readonly byte[] buffer = new byte[truth.Info.PieceCount == 0 ? 0 : truth.Info.PieceSize(0)];

    /// <summary>Whether every message is checked; it costs a look at a whole piece for each.</summary>
    public bool LooksAtMessages { get; init; } = true;

    /// <summary>How many times a piece was compared with the truth: a check that never ran proves nothing.</summary>
    public long Comparisons { get; private set; }

    /// <summary>How often a node banned another.</summary>
    public int Bans { get; private set; }

    /// <summary>A node banned another.</summary>
    /// <exception cref="BrokenInvariantException">The other never sent a wrong byte.</exception>
    public void Banned(SimNode node, SimNode? other)
    {
        Bans++;
        if (other is not null && !other.Manner.Lies())
            throw new BrokenInvariantException($"{node.Name} bans {other.Name}, which never lied");
    }

    /// <summary>A node has carried out what somebody's words led to.</summary>
    /// <exception cref="BrokenInvariantException">It has too many connections, or two to one peer.</exception>
    internal void Holds(SimNode node, IReadOnlyCollection<SimConnection> connections)
    {
        if (connections.Count > ConnectionsMax && LooksAtMessages)
            throw new BrokenInvariantException($"{node.Name} has {connections.Count} connections");
        var shaken = new SortedSet<PeerId>();
        foreach (var connection in connections)
        {
            if (connection.Shaken is { } handshake && !shaken.Add(handshake.PeerId))
                throw new BrokenInvariantException($"{node.Name} has two connections to {handshake.PeerId}");
        }
    }

    /// <summary>A swarm was left alone for a while after all had the file: they have nothing left to say to each other.</summary>
    /// <exception cref="BrokenInvariantException">Somebody is still connected.</exception>
    public static void Settled(SimNode node)
    {
        if (node.ConnectionCount > 0)
            throw new BrokenInvariantException($"{node.Name} has {node.ConnectionCount} connections though everybody is complete");
        // Once in each life, by broadcast or by the list of peers, it cannot know better.
        if (node.SelfDials > node.Boots)
            throw new BrokenInvariantException($"{node.Name} called itself {node.SelfDials} times in {node.Boots} lives");
    }

    /// <summary>A node says something to a peer.</summary>
    /// <exception cref="BrokenInvariantException">It tells of, or gives, a piece that is not right on its disk; it uses words that the
    /// peer does not know, or piles up what the peer does not take.</exception>
    internal void Said(SimNode node, SimConnection connection, PeerMessage message)
    {
        var isFast = message is PeerMessage.HaveAll or PeerMessage.HaveNone or PeerMessage.Reject or PeerMessage.Suggest
            or PeerMessage.AllowedFast;
        if (isFast && connection.Shaken is { Fast: false })
            throw new BrokenInvariantException($"{node.Name} says {message} to a peer that knows nothing of BEP 6");
        if (connection.UndrainedBytes > UndrainedBytesMax)
            throw new BrokenInvariantException($"{node.Name} keeps {connection.UndrainedBytes} bytes for one slow peer");
        if (!LooksAtMessages)
            return;
        switch (message)
        {
            case PeerMessage.Have(var piece):
                Require(node, piece, "tells of");
                break;
            case PeerMessage.Piece(var block):
                Require(node, block.Piece, "gives");
                break;
            case PeerMessage.HaveAll:
                RequireAll(node, "tells of");
                break;
            case PeerMessage.Bitfield(var bits):
                if (!PieceSet.TryRead(bits.Span, truth.Info.PieceCount, out var pieces))
                    throw new BrokenInvariantException($"{node.Name} sends a bitfield that does not fit the file");
                for (var piece = 0; piece < pieces.PieceCount; piece++)
                {
                    if (pieces.Has(piece))
                        Require(node, piece, "tells of");
                }

                break;
        }
    }

    /// <summary>A node believes that its file is right.</summary>
    /// <exception cref="BrokenInvariantException">It is not.</exception>
    public void Completed(SimNode node)
    {
        RequireAll(node, "believes in");
        if (node.Disk.LengthOf(SimNode.DataName) is var length && length != truth.Bytes.Length)
            throw new BrokenInvariantException($"{node.Name} believes in a file of {length} bytes, not {truth.Bytes.Length}");
    }

    /// <summary>Whether a node's file is right, byte for byte.</summary>
    public bool IsRight(SimNode node)
    {
        if (node.Disk.LengthOf(SimNode.DataName) != truth.Bytes.Length)
            return false;
        for (var piece = 0; piece < truth.Info.PieceCount; piece++)
        {
            if (!IsRight(node, piece))
                return false;
        }

        return true;
    }

    private void RequireAll(SimNode node, string what)
    {
        for (var piece = 0; piece < truth.Info.PieceCount; piece++)
            Require(node, piece, what);
    }

    private void Require(SimNode node, int piece, string what)
    {
        if (!IsRight(node, piece))
            throw new BrokenInvariantException($"{node.Name} {what} piece {piece}, which is not right on its disk");
    }

    private bool IsRight(SimNode node, int piece)
    {
        Comparisons++;
        var bytes = buffer.AsSpan(0, truth.Info.PieceSize(piece));
        return node.Disk.Peek(SimNode.DataName, truth.Info.Offset(piece), bytes) == bytes.Length && bytes.SequenceEqual(truth.Piece(piece));
    }
}
