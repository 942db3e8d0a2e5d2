using Roj.Agreement;
using Roj.Log;

namespace Roj.Node;

/// <summary>What agreement has saved, as the durable log has it.</summary>
public sealed class LogStore : IStableStore
{
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
}
