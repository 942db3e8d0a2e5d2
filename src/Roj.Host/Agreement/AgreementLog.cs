using System.Buffers.Binary;
using Roj.Host.Daemon;
using Roj.Host.Disk;
using Roj.Kernel;
using Roj.Log;
using Roj.Node;

namespace Roj.Host.Agreement;

/// <summary>The log that a node's part in agreement rests on, and which start of the node this is.</summary>
internal sealed class AgreementLog : IDisposable
{
    /// <summary>Where it is in the data directory.</summary>
    public const string DirectoryName = "log";

    // Records of agreement begin with other letters: see Roj.Agreement's Records.
    private static readonly byte[] bootKey = "host/boot"u8.ToArray();

    private AgreementLog(LogDisk disk, DurableLog log, uint boot) => (Disk, Log, Boot) = (disk, log, boot);

    /// <summary>Its disk.</summary>
    public LogDisk Disk { get; }

    /// <summary>The log.</summary>
    public DurableLog Log { get; }

    /// <summary>Which start this is: durable, and greater than all before of which either the log or the data directory knows.</summary>
    public uint Boot { get; }

    /// <summary>Opens it, and counts the start.</summary>
    /// <param name="path">The node's data directory.</param>
    /// <param name="self">Whose it is.</param>
    /// <param name="life">Which life the data directory counts.</param>
    /// <param name="warn">Told what is wrong and can be lived with.</param>
    /// <exception cref="NodeException">It can't be opened, or not be written.</exception>
    public static AgreementLog Open(string path, NodeId self, uint life, Action<string> warn)
    {
        var where = Path.Combine(path, DirectoryName);
        var disk = new LogDisk(where);
        try
        {
            var opened = DurableLog.Open(disk, new LogSettings(self.Value) { HashSeed = LogStore.HashSeed, Grouped = LogStore.Grouped });
            if (!opened.TryGet(out var log, out var fault))
                throw new NodeException($"in {where}: {fault.Sentence}");
            if (opened.Tail is { } tail)
                warn($"{where}: {tail.Bytes} bytes at the end of {tail.File} had not been completed when the node ended, and are cut off");
            return new AgreementLog(disk, log, CountStart(disk, log, life, where));
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Disk.Dispose();

    // Before the first word: no ballot is ever made twice. state.json alone could have been moved away.
    private static uint CountStart(LogDisk disk, DurableLog log, uint life, string where)
    {
        if (log.Find(bootKey, out var value) is LogFinding.Damaged)
            throw new NodeException($"in {where}: the count of the node's starts can't be read; {Rejoin}");
        var before = value.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(value.Span) : 0;
        if (before == uint.MaxValue)
            throw new NodeException($"in {where}: a node can't start more often; {Rejoin}");
        var boot = Math.Max(life, before + 1);
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, boot);
        var status = log.Append(bootKey, bytes, isUrgent: true);
        if (status is LogStatus.Done && log.BeginCommit() is { } commit)
        {
            commit.Write(disk);
            commit.Sync(disk);
            status = log.EndCommit(commit);
        }

        return status is LogStatus.Done ? boot : throw new NodeException(
            $"cannot write to {where}: {(status is LogStatus.Full ? "the disk is full" : disk.Reason)}");
    }

    /// <summary>How a node that may not go on with what it remembers comes back.</summary>
    public const string Rejoin =
        "move its data directory away and start it again: it joins as a new node; then have the others forget this one: 'roj evict'";
}
