namespace Roj.Files;

/// <summary>What a peer said it has while we did not know yet how many pieces there are.</summary>
internal sealed class EarlyHaves
{
    private readonly List<int> haves = [];
    private ReadOnlyMemory<byte>? bitfield;
    private bool all;

    /// <summary>Notes BEP 6's have-all.</summary>
    public void AddAll() => all = true;

    /// <summary>Notes a bitfield. Its length was limited by the codec.</summary>
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
