using Roj.Agreement;
using Roj.Log;

namespace Roj.Node;

/// <summary>What agreement has saved, as the durable log has it.</summary>
/// <param name="log">The node's log.</param>
public sealed class LogStore(DurableLog log) : IStableStore
{
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
}
