using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Files;

/// <summary>One piece on its way: which of its blocks were asked for, which have come, and from whom.</summary>
/// <remarks>It counts in blocks of the smallest size; a request is a run of them.</remarks>
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

    /// <summary>The first run of blocks that nobody was asked for, at most <paramref name="bytesMax"/> long (one block at least).</summary>
    public Block? NextFree(int bytesMax)
    {
        while (cursor < copies.Length && !IsFree(cursor))
            cursor++;
        if (cursor == copies.Length)
            return null;
        var end = cursor + 1;
        while (end < copies.Length && IsFree(end) && (end + 1 - cursor) * blockBytes <= bytesMax)
            end++;
        return Run(cursor, end);
    }

    /// <summary>The last block that has not come and that <paramref name="copiesMax"/> requests at most are out for.</summary>
    public Block? NextMissing(int copiesMax, List<Block> butNot)
    {
        for (var index = copies.Length - 1; index >= 0; index--)
        {
            if (arrived[index] || copies[index] > copiesMax)
                continue;
            var block = Run(index, index + 1);
            if (!butNot.Exists(other => Overlap(other, block)))
                return block;
        }

        return null;
    }

    public void Requested(Block block)
    {
        var (first, end) = Indices(block);
        for (var index = first; index < end; index++)
            copies[index]++;
    }

    public void Withdrawn(Block block)
    {
        var (first, end) = Indices(block);
        for (var index = first; index < end; index++)
        {
            Check.That(copies[index] > 0);
            copies[index]--;
        }

        cursor = Math.Min(cursor, first);
    }

    /// <summary>Whether requests other than one that was just answered are out for some of <paramref name="block"/>.</summary>
    public bool IsElsewhere(Block block)
    {
        var (first, end) = Indices(block);
        return copies.AsSpan(first, end - first).ContainsAnyExcept((byte)0);
    }

    /// <summary>Whether all of <paramref name="block"/> has come.</summary>
    public bool HasArrived(Block block)
    {
        var (first, end) = Indices(block);
        return !arrived.AsSpan(first, end - first).Contains(false);
    }

    /// <summary>A block came; false if all of it had come before.</summary>
    public bool Arrived(Block block, uint supplier)
    {
        if (HasArrived(block))
            return false;
        var (first, end) = Indices(block);
        for (var index = first; index < end; index++)
        {
            ArrivedCount += arrived[index] ? 0 : 1;
            arrived[index] = true;
        }

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

    private static bool Overlap(Block a, Block b) =>
        a.Piece == b.Piece && a.Begin < b.Begin + b.Length && b.Begin < a.Begin + a.Length;

    private bool IsFree(int index) => !arrived[index] && copies[index] == 0;

    private Block Run(int first, int end) => new(Piece, first * blockBytes, Math.Min(end * blockBytes, pieceBytes) - (first * blockBytes));

    private (int First, int End) Indices(Block block) =>
        (block.Begin / blockBytes, (block.Begin + block.Length + blockBytes - 1) / blockBytes);
}
