using Roj.Files.Wire;

namespace Roj.Files;

/// <summary>What a peer said it has while we did not know yet how many pieces there are.</summary>
internal sealed class EarlyHaves
{
    private readonly List<int> haves = [];
    private ReadOnlyMemory<byte>? bitfield;
    private bool all;

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
                peer.Early.Add(bits);
                break;
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

    /// <summary>Notes a bitfield; a later one has what the earlier had, and more. Its length was limited by the codec.</summary>
    public void Add(ReadOnlyMemory<byte> bits) => bitfield = bits;

    /// <summary>Notes one piece; false once there are more than any file has: the peer is broken or hostile.</summary>
    public bool Add(int piece)
    {
        haves.Add(piece);
        return haves.Count <= Metadata.InfoDictionary.PieceCountMax;
    }

    /// <summary>What it all comes to, now that the number of pieces is known; false if it does not fit.</summary>
    public bool TrySettle(int pieceCount, out PieceSet pieces)
    {
        pieces = new PieceSet(pieceCount);
        if (bitfield is { } bits && !PieceSet.TryRead(bits.Span, pieceCount, out pieces))
            return false;
        if (all)
            pieces.Fill();
        foreach (var piece in haves)
        {
            if (piece >= pieceCount)
                return false;
            pieces.Add(piece);
        }

        haves.Clear();
        bitfield = null;
        return true;
    }
}
