using System.Numerics;
using Roj.Files.Metadata;
using Roj.Files.Wire;

namespace Roj.Files;

/// <summary>What a peer said it has while we did not know yet how many pieces there are.</summary>
/// <remarks>One bit a piece, up to the highest that was named: 256 KiB at most, which is a bitfield of the most pieces a file may
/// have.</remarks>
internal sealed class EarlyHaves
{
    private const int BytesMax = InfoDictionary.PieceCountMax / 8;

    private byte[] bits = [];
    private int? bitfieldBytes;
    private bool all;

    /// <summary>Bytes that it takes.</summary>
    public int Size => bits.Length;

    /// <summary>A message came before the file was described; false if it breaks the protocol.</summary>
    public static bool Receive(Peer peer, PeerMessage message, SwarmOutbox outbox)
    {
        if (message is PeerMessage.Bitfield or PeerMessage.HaveAll or PeerMessage.HaveNone)
        {
            if (peer.HasStated && message is not PeerMessage.Bitfield)
                return false;
            peer.HasStated = true;
        }

        switch (message)
        {
            case PeerMessage.Bitfield(var bits):
                return peer.Early.Add(bits.Span);
            case PeerMessage.HaveAll:
                peer.Early.AddAll();
                break;
            case PeerMessage.Have(var piece):
                return peer.Early.Add(piece);
            case PeerMessage.Choke:
                peer.ChokesUs = true;
                break;
            case PeerMessage.Unchoke:
                peer.ChokesUs = false;
                break;
            case PeerMessage.Request(var block) when peer.Fast:
                outbox.Send(peer.Id, new PeerMessage.Reject(block));
                break;
            case PeerMessage.Piece:
                return false; // nothing was asked for
        }

        return true;
    }

    /// <summary>Notes BEP 6's have-all.</summary>
    public void AddAll() => all = true;

    /// <summary>Notes a bitfield, which may come more than once; false if no file has that many pieces.</summary>
    public bool Add(ReadOnlySpan<byte> bitfield)
    {
        if (bitfield.Length > BytesMax)
            return false;
        Reach(bitfield.Length);
        for (var i = 0; i < bitfield.Length; i++)
            bits[i] |= bitfield[i];
        bitfieldBytes = bitfield.Length;
        return true;
    }

    /// <summary>Notes one piece; false if no file has it: the peer is broken or hostile.</summary>
    public bool Add(int piece)
    {
        if (piece >= InfoDictionary.PieceCountMax)
            return false;
        Reach((piece >> 3) + 1);
        bits[piece >> 3] |= (byte)(0x80 >> (piece & 7));
        return true;
    }

    /// <summary>What it all comes to, now that the number of pieces is known; false if it does not fit. What was noted is
    /// forgotten.</summary>
    public bool TrySettle(int pieceCount, out PieceSet pieces)
    {
        var bytes = (pieceCount + 7) / 8;
        var fits = (bitfieldBytes ?? bytes) == bytes && bits.AsSpan(Math.Min(bytes, bits.Length)).IndexOfAnyExcept((byte)0) < 0;
        Array.Resize(ref bits, bytes);
        fits &= PieceSet.TryRead(bits, pieceCount, out pieces);
        if (all)
            pieces.Fill();
        bits = [];
        bitfieldBytes = null;
        return fits;
    }

    private void Reach(int bytes)
    {
        if (bytes > bits.Length)
            Array.Resize(ref bits, Math.Min(BytesMax, (int)BitOperations.RoundUpToPowerOf2((uint)bytes)));
    }
}
