using System.Buffers.Binary;
using Roj.Agreement;
using Roj.Log;

namespace Roj.Node;

/// <summary>What agreement has saved, as the durable log has it.</summary>
public sealed class LogStore : IStableStore
{
    private const int SlotShift = 56;

    /// <summary>From what its log's hashes are made: the same at each node, so that all list registers in the same order.</summary>
    public static UInt128 HashSeed { get; } = new(0x524F4A52, 0x4547495354455231); // "ROJREGISTER1"

    private readonly DurableLog log;

    /// <summary>A store on a log.</summary>
    /// <param name="log">Its registers stand side by side: it was opened with <see cref="Grouped"/>.</param>
    /// <exception cref="ArgumentException">It was opened without.</exception>
    public LogStore(DurableLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (log.Grouped != Grouped)
            throw new ArgumentException("registers of one slot do not stand side by side in this log", nameof(log));
        this.log = log;
    }

    /// <summary>With what the keys of registers begin: for <see cref="LogSettings.Grouped"/>. The slot's lower byte is the third, so that
    /// slots are as even as they can be.</summary>
    public static byte Grouped => (byte)'r';

    /// <inheritdoc/>
    public Finding Find(ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> value) => log.Find(key, out value) switch
    {
        LogFinding.Found => Finding.Found,
        LogFinding.Absent => Finding.Absent,
        _ => Finding.Damaged,
    };

    /// <inheritdoc/>
    public UInt128? List(ushort slot, UInt128 cursor, int about, ICollection<StoredHead> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var (first, end) = ((ulong)(byte)slot << 56, ((ulong)(byte)slot << 56) | (ulong.MaxValue >> 8));
        var walk = log.Walk(cursor == UInt128.Zero ? first : (ulong)cursor, about, IStableStore.HeadBytes);
        var isDamaged = false;
        foreach (var record in walk.Records)
        {
            isDamaged |= record.Key.IsEmpty;
            found.Add(new StoredHead(record.Key, record.Head));
        }

        if (isDamaged)
            return null;
        return walk.Last == end ? UInt128.Zero : walk.Last + 1;
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
