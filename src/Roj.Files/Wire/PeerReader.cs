using Roj.Files.Metadata;
using Roj.Kernel;

namespace Roj.Files.Wire;

/// <summary>What comes over one connection, from its first byte: the handshake, then messages (BEP 3).</summary>
/// <remarks>It keeps no bytes: whoever calls holds what has arrived, drops what was consumed and calls again with the rest.</remarks>
public sealed class PeerReader
{
    /// <summary>The longest frame that is taken, its length prefix not counted: a bitfield of the most pieces a file may have.</summary>
    public const int FrameBytesMax = (InfoDictionary.PieceCountMax / 8) + 1;

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
            return PeerCodec.TryRead(input, FrameBytesMax, out message, out consumed);
        var status = Handshake.TryRead(input, out handshake, out consumed);
        IsShaken = status == ReadStatus.Done;
        return status;
    }
}
