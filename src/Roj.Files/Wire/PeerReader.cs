using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Files.Wire;

/// <summary>What comes over one connection, from its first byte: the handshake, then messages (BEP 3).</summary>
/// <remarks>It keeps no bytes: whoever calls holds what has arrived, drops what was consumed and calls again with the rest.</remarks>
public sealed class PeerReader
{
    /// <summary>The longest frame that is taken, pieces excepted and its length prefix not counted: a bitfield of the most pieces a file
    /// may have.</summary>
    public const int FrameBytesMax = (InfoDictionary.PieceCountMax / 8) + 1;

    /// <summary>The longest piece that is taken, its length prefix not counted.</summary>
    public const int PieceFrameBytesMax = PeerCodec.BlockLengthMax + 9;

    /// <summary>Whether the handshake is behind us.</summary>
    public bool IsShaken { get; private set; }

    /// <summary>Reads the handshake, or the next message, from the front of <paramref name="input"/>.</summary>
    /// <param name="input">What has arrived and was not consumed.</param>
    /// <param name="handshake">The handshake, when <paramref name="message"/> is null.</param>
    /// <param name="message">The message; null for the handshake. A piece's payload is the last bytes of what was consumed.</param>
    /// <param name="consumed">How many bytes it took.</param>
    public ReadStatus TryRead(ReadOnlySpan<byte> input, out Handshake handshake, out PeerMessage? message, out int consumed)
    {
        handshake = default;
        message = null;
        if (IsShaken)
            return PeerCodec.TryRead(input, LimitOf(input), out message, out consumed);
        var status = Handshake.TryRead(input, out handshake, out consumed);
        IsShaken = status == ReadStatus.Done;
        return status;
    }

    /// <summary>Reads the header of a piece that has not come whole: whoever calls may take its payload elsewhere, and then goes on behind
    /// it.</summary>
    public bool TryReadPieceHeader(ReadOnlySpan<byte> input, out Block block)
    {
        block = default;
        return IsShaken && PeerCodec.TryReadPieceHeader(input, out block);
    }

    // With the prefix alone it may still become a piece: nothing was buffered for it yet.
    private static int LimitOf(ReadOnlySpan<byte> input) =>
        input.Length <= sizeof(int) || PeerCodec.IsPiece(input) ? PieceFrameBytesMax : FrameBytesMax;
}
