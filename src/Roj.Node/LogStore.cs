using System.Buffers.Binary;
using Roj.Agreement;
using Roj.Log;

namespace Roj.Node;

/// <summary>What agreement has saved, as the durable log has it.</summary>
/// <param name="log">The node's log.</param>
public sealed class LogStore(DurableLog log) : IStableStore
{
    private const int SlotShift = 56;

    /// <summary>From what its log's hashes are made: the same at each node, so that all list registers in the same order.</summary>
    public static UInt128 HashSeed { get; } = new(0x524F4A52, 0x4547495354455231); // "ROJREGISTER1"

    /// <summary>With what the keys of registers begin: for <see cref="LogSettings.Grouped"/>. The slot's lower byte is the third.</summary>
    public static byte Grouped => (byte)'r';

    /// <inheritdoc/>
    public Finding Find(ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> value) => log.Find(key, out value) switch
    {
        LogFinding.Found => Finding.Found,
        LogFinding.Absent => Finding.Absent,
        _ => Finding.Damaged,
    };

    /// <inheritdoc/>
    public UInt128? List(UInt128 cursor, int max, ICollection<ReadOnlyMemory<byte>> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var page = log.List(new LogCursor((uint)(cursor >> 32), (uint)cursor), max);
        foreach (var key in page.Keys)
            keys.Add(key);
        if (page.Damaged)
            return null;
        return page.IsLast ? UInt128.Zero : ((UInt128)page.Next.Segment << 32) | page.Next.Offset;
    }

    /// <inheritdoc/>
    public ulong? Walk(
        ushort slot, ulong from, int about, ICollection<(ulong At, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Head)> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var walk = log.Walk(((ulong)(byte)slot << SlotShift) | from, about, IStableStore.HeadBytes);
        foreach (var record in walk.Records)
        {
            if (record.Key.IsEmpty)
                return null;
            var isOfSlot = record.Key.Length > 2 && record.Key.Span[0] == Grouped
                && BinaryPrimitives.ReadUInt16BigEndian(record.Key.Span[1..]) == slot;
            if (isOfSlot)
                found.Add((record.Hash & Place.AtMax, record.Key, record.Head));
        }

        return walk.Last & Place.AtMax;
    }
}
