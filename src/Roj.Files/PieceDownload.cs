using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>One piece on its way: which of its blocks were asked for, which have come, and from whom.</summary>
internal sealed class PieceDownload
{
    private readonly byte[] copies; // requests under way, for each block
    private readonly bool[] arrived;
    private readonly SortedSet<uint> suppliers = [];
    private readonly int pieceBytes;
    private readonly int blockBytes;
    private int cursor; // no block before it is free

    public PieceDownload(int piece, int pieceBytes, int blockBytes)
    {
        Piece = piece;
        this.pieceBytes = pieceBytes;
        this.blockBytes = blockBytes;
        copies = new byte[(pieceBytes + blockBytes - 1) / blockBytes];
        arrived = new bool[copies.Length];
    }

    public int Piece { get; }

    /// <summary>The peer that is to send all of it; null when it left or became slow.</summary>
    public ConnectionId? Owner { get; set; }

    public int ArrivedCount { get; private set; }

    public bool IsWhole => ArrivedCount == arrived.Length;

    /// <summary>The address that sent every block that came; null if there were several, or none.</summary>
    public uint? SoleSupplier => suppliers.Count == 1 ? suppliers.Min : null;

    /// <summary>The first block that nobody was asked for.</summary>
    public Block? NextFree()
    {
        while (cursor < copies.Length && (arrived[cursor] || copies[cursor] > 0))
            cursor++;
        return cursor < copies.Length ? BlockAt(cursor) : null;
    }

    /// <summary>The last block that has not come and that <paramref name="copiesMax"/> requests at most are out for.</summary>
    public Block? NextMissing(int copiesMax, List<Block> butNot)
    {
        for (var index = copies.Length - 1; index >= 0; index--)
        {
            if (!arrived[index] && copies[index] <= copiesMax && BlockAt(index) is var block && !butNot.Contains(block))
                return block;
        }

        return null;
    }

    public void Requested(Block block) => copies[block.Begin / blockBytes]++;

    public void Withdrawn(Block block)
    {
        var index = block.Begin / blockBytes;
        Check.That(copies[index] > 0);
        copies[index]--;
        cursor = Math.Min(cursor, index);
    }

    /// <summary>Whether requests other than one that was just answered are out for <paramref name="block"/>.</summary>
    public bool IsElsewhere(Block block) => copies[block.Begin / blockBytes] > 0;

    /// <summary>A block came; false if it had come before.</summary>
    public bool Arrived(Block block, uint supplier)
    {
        var index = block.Begin / blockBytes;
        if (arrived[index])
            return false;
        arrived[index] = true;
        ArrivedCount++;
        suppliers.Add(supplier);
        return true;
    }

    /// <summary>Forgets what has come: the next supplier is to be the only one.</summary>
    public void StartOver()
    {
        Array.Clear(arrived);
        suppliers.Clear();
        ArrivedCount = 0;
        cursor = 0;
    }

    private Block BlockAt(int index) =>
        new(Piece, index * blockBytes, Math.Min(blockBytes, pieceBytes - (index * blockBytes)));
}
