using Roj.Files;
using Roj.Files.Wire;

namespace Roj.Simulation.Swarms;

/// <summary>What must hold at every step: a node tells of, and gives, only what is right on its disk at that moment (S3).</summary>
public sealed class SwarmInvariants(SwarmTruth truth)
{
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
        if (other is { Lies: false })
            throw new BrokenInvariantException($"{node.Name} bans {other.Name}, which is honest");
    }

    /// <summary>A node says something to a peer.</summary>
    /// <exception cref="BrokenInvariantException">It tells of, or gives, a piece that is not right on its disk.</exception>
    public void Said(SimNode node, PeerMessage message)
    {
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
