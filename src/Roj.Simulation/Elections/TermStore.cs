using Roj.Kernel;
using Roj.Simulation.Disk;

namespace Roj.Simulation.Elections;

/// <summary>The greatest term that a node has heard of, on its disk.</summary>
internal sealed class TermStore(SimDisk disk)
{
    private const string Folder = "election";
    private const string Name = Folder + "/term";
    private const string Beside = Name + ".new";

    /// <summary>What was kept; none if nothing was; null if the disk failed: a node does not start without it.</summary>
    public Term? Read()
    {
        if (!disk.Exists(Name))
            return Term.None;
        Span<byte> bytes = stackalloc byte[Term.Length];
        if (disk.Read(Name, 0, bytes, out var read) is not DiskResult.Done || read != bytes.Length)
            return null;
        var reader = new ByteReader(bytes);
        return new Term(reader.UInt64(), new NodeId(reader.UInt128()));
    }

    /// <summary>Keeps a term.</summary>
    /// <returns>Whether it survives a power cut.</returns>
    public bool Keep(Term term)
    {
        Span<byte> bytes = stackalloc byte[Term.Length];
        var writer = new ByteWriter(bytes);
        writer.UInt64(term.Counter);
        writer.UInt128(term.Leader.Value);
        if (!disk.Exists(Beside) && disk.Create(Beside) is not DiskResult.Done)
            return false;
        return disk.SetLength(Beside, 0) is DiskResult.Done
            && disk.Write(Beside, 0, bytes, out _) is DiskResult.Done
            && disk.Sync(Beside) is DiskResult.Done
            && disk.Rename(Beside, Name) is DiskResult.Done
            && disk.SyncDirectory(Folder) is DiskResult.Done;
    }
}
