using System.Buffers.Binary;
using Roj.Host.Daemon;
using Roj.Host.Disk;
using Roj.Kernel;
using Roj.Log;
using Roj.Node;
using Roj.Storage;

namespace Roj.Host.Storage;

/// <summary>The log that a node's part in the store rests on, and which start of the node this is.</summary>
internal sealed class StoreLog : IDisposable
{
    /// <summary>Where it is in the data directory.</summary>
    public const string DirectoryName = "store";

    // A hint of the longest value for each who has a copy, and as much again of others.
    private const int WaitingBytesMax = 2 * SlotMap.CopiesMax * LogLimits.ValueBytesMax;

    private static readonly byte[] bootNote = "boot"u8.ToArray();

    private StoreLog(LogDisk disk, DurableLog log, uint boot) => (Disk, Log, Boot) = (disk, log, boot);

    /// <summary>Its disk.</summary>
    public LogDisk Disk { get; }

    /// <summary>The log.</summary>
    public DurableLog Log { get; }

    /// <summary>Which start this is: no two have one number.</summary>
    public uint Boot { get; }

    /// <summary>Opens it, and counts the start.</summary>
    /// <param name="path">A directory, which is the store's alone.</param>
    /// <param name="self">Whose it is.</param>
    /// <param name="life">Which life is counted elsewhere; 0 if none is.</param>
    /// <param name="warn">Told what is wrong and can be lived with.</param>
    /// <exception cref="NodeException">It can't be opened, or not be written.</exception>
    public static StoreLog Open(string path, NodeId self, uint life, Action<string> warn)
    {
        var disk = new LogDisk(path);
        try
        {
            var settings = new LogSettings(self.Value) { HashSeed = LogShelf.HashSeed, WaitingBytesMax = WaitingBytesMax };
            var opened = DurableLog.Open(disk, settings);
            if (!opened.TryGet(out var log, out var fault))
                throw new NodeException($"in {path}: {fault.Sentence}");
            if (opened.Tail is { } tail)
                warn($"{path}: {tail.Bytes} bytes at the end of {tail.File} had not been completed when the node ended, and are cut off");
            return new StoreLog(disk, log, CountStart(disk, log, life, path));
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Disk.Dispose();

    // Before the first word: no stamp is ever given twice.
    private static uint CountStart(LogDisk disk, DurableLog log, uint life, string path)
    {
        IShelf shelf = new LogShelf(log);
        var before = shelf.FindNote(bootNote) is { Length: sizeof(uint) } note ? BinaryPrimitives.ReadUInt32BigEndian(note.Span) : 0;
        var boot = Math.Max(life, before + 1);
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, boot);
        var isKept = shelf.KeepNote(bootNote, bytes);
        if (isKept && log.BeginCommit() is { } commit)
        {
            commit.Write(disk);
            commit.Sync(disk);
            isKept = log.EndCommit(commit) is LogStatus.Done;
        }

        return isKept ? boot : throw new NodeException($"cannot write to {path}: {(log.IsFull ? "the disk is full" : disk.Reason)}");
    }
}
