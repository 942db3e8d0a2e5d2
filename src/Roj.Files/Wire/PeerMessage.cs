namespace Roj.Files.Wire;

/// <summary>
/// What two peers say to each other after their handshakes: BEP 3, with BEP 6 (fast extension) and BEP 10 (extension protocol).
/// </summary>
/// <remarks>Indices, offsets and lengths are as they came: not negative, else unchecked. Whoever knows the file checks them.</remarks>
public abstract record PeerMessage
{
    private PeerMessage()
    {
    }

    /// <summary>Nothing to say, still here (BEP 3).</summary>
    public sealed record KeepAlive : PeerMessage;

    /// <summary>I will not answer your requests (BEP 3).</summary>
    public sealed record Choke : PeerMessage;

    /// <summary>I will answer your requests (BEP 3).</summary>
    public sealed record Unchoke : PeerMessage;

    /// <summary>You have something that I lack (BEP 3).</summary>
    public sealed record Interested : PeerMessage;

    /// <summary>You have nothing that I lack (BEP 3).</summary>
    public sealed record NotInterested : PeerMessage;

    /// <summary>I have verified a piece (BEP 3).</summary>
    /// <param name="Index">Which one.</param>
    public sealed record Have(int Index) : PeerMessage;

    /// <summary>The pieces that I have, as the first message only (BEP 3).</summary>
    /// <param name="Bits">One bit a piece, the first piece at the top of the first byte; spare bits are zero.</param>
    public sealed record Bitfield(ReadOnlyMemory<byte> Bits) : PeerMessage;

    /// <summary>Send me this (BEP 3).</summary>
    /// <param name="Block">What is asked for.</param>
    public sealed record Request(Block Block) : PeerMessage;

    /// <summary>Here is what you asked for (BEP 3). The bytes themselves never enter a core: they stand beside this message.</summary>
    /// <param name="Block">What is sent.</param>
    public sealed record Piece(Block Block) : PeerMessage;

    /// <summary>I no longer want this (BEP 3).</summary>
    /// <param name="Block">What was asked for.</param>
    public sealed record Cancel(Block Block) : PeerMessage;

    /// <summary>Ask me for this piece first (BEP 6).</summary>
    /// <param name="Index">Which piece.</param>
    public sealed record Suggest(int Index) : PeerMessage;

    /// <summary>I have every piece, instead of a bitfield (BEP 6).</summary>
    public sealed record HaveAll : PeerMessage;

    /// <summary>I have no piece, instead of a bitfield (BEP 6).</summary>
    public sealed record HaveNone : PeerMessage;

    /// <summary>I won't answer this request (BEP 6).</summary>
    /// <param name="Block">What was asked for.</param>
    public sealed record Reject(Block Block) : PeerMessage;

    /// <summary>You may ask for this piece though choked (BEP 6).</summary>
    /// <param name="Index">Which piece.</param>
    public sealed record AllowedFast(int Index) : PeerMessage;

    /// <summary>A message of an extension (BEP 10).</summary>
    /// <param name="Id">0 is the extension handshake; else the number that the receiver gave the extension in its own.</param>
    /// <param name="Payload">The message, as the extension defines it.</param>
    public sealed record Extended(byte Id, ReadOnlyMemory<byte> Payload) : PeerMessage;

    /// <summary>A message that this program does not know and skips, such as BEP 5's port.</summary>
    /// <param name="Id">Its number on the wire.</param>
    public sealed record Unknown(byte Id) : PeerMessage;
}
