using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Node;
using Roj.Simulation.Disk;

namespace Roj.Simulation.Swarms;

/// <summary>What a simulated node keeps on its disk: the data file and its memory. The counterpart of the host's folder Disk.</summary>
internal sealed class SimStore(SimDisk disk)
{
    /// <summary>The data file's name.</summary>
    public const string DataName = "data.bin";

    private const string MemoryName = DataName + ".roj";
    private const string MemoryBeside = MemoryName + ".new";

    /// <summary>Gives it a data file, durably; none if that would be empty.</summary>
    public void Put(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty)
            return;
        disk.Create(DataName);
        disk.Write(DataName, 0, content, out _);
        disk.Sync(DataName);
        disk.SyncDirectory();
    }

    /// <summary>Creates the data file if need be and gives it its length; false if the disk failed.</summary>
    public bool TryOpen(InfoDictionary info)
    {
        if (!disk.Exists(DataName) && disk.Create(DataName) != DiskResult.Done)
            return false;
        return disk.LengthOf(DataName) == info.Length || disk.SetLength(DataName, info.Length) == DiskResult.Done;
    }

    /// <summary>Writes a block; false if the disk failed or is full.</summary>
    public bool TryWrite(InfoDictionary info, Block block, ReadOnlySpan<byte> bytes) =>
        disk.Write(DataName, Place(info, block), bytes, out _) == DiskResult.Done;

    /// <summary>Reads a block; false if the disk failed or the file is too short.</summary>
    public bool TryRead(InfoDictionary info, Block block, Span<byte> bytes) =>
        disk.Read(DataName, Place(info, block), bytes, out var read) == DiskResult.Done && read == bytes.Length;

    /// <summary>Copies a piece over another; false if the disk failed or is full.</summary>
    public bool TryCopy(InfoDictionary info, int from, int to)
    {
        var bytes = new byte[info.PieceSize(from)];
        return TryRead(info, new Block(from, 0, bytes.Length), bytes) && TryWrite(info, new Block(to, 0, bytes.Length), bytes);
    }

    /// <summary>Hashes a piece; false if the disk failed.</summary>
    public bool TryVerify(InfoDictionary info, int piece, out bool right)
    {
        var bytes = new byte[info.PieceSize(piece)];
        var isRead = TryRead(info, new Block(piece, 0, bytes.Length), bytes);
        right = isRead && Sha1Digest.Of(bytes) == info.Hash(piece);
        return isRead;
    }

    /// <summary>What the last life kept.</summary>
    public NodeMemory Load()
    {
        var bytes = new byte[disk.LengthOf(MemoryName) ?? 0];
        var isRead = disk.Read(MemoryName, 0, bytes, out var read) == DiskResult.Done && read == bytes.Length;
        return isRead && NodeMemory.TryRead(bytes, out var memory) ? memory : NodeMemory.Empty;
    }

    /// <summary>Keeps something for the next life; a disk that fails keeps the old one.</summary>
    public void Save(NodeMemory memory)
    {
        if (!disk.Exists(MemoryBeside) && disk.Create(MemoryBeside) != DiskResult.Done)
            return;
        var isWritten = disk.SetLength(MemoryBeside, 0) == DiskResult.Done
            && disk.Write(MemoryBeside, 0, memory.Write(), out _) == DiskResult.Done
            && disk.Sync(MemoryBeside) == DiskResult.Done;
        if (isWritten && disk.Rename(MemoryBeside, MemoryName) == DiskResult.Done)
            disk.SyncDirectory();
    }

    /// <summary>Where a block lies: nothing outside the file is ever touched (S2).</summary>
    private static long Place(InfoDictionary info, Block block)
    {
        var from = info.Offset(block.Piece) + block.Begin;
        return block is { Begin: >= 0, Length: >= 0 } && from >= 0 && from + block.Length <= info.Length
            ? from
            : throw new BrokenInvariantException($"{block} lies outside of {info.Length} bytes");
    }

    /// <summary>Whether there is nothing on the disk but what belongs there (S2).</summary>
    public static bool IsTidy(SimDisk disk) => disk.List().All(name => name is DataName or MemoryName or MemoryBeside);
}
