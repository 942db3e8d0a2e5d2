using System.Buffers.Binary;

namespace Roj.Storage;

/// <summary>Keeps a time on the shelf that no stamp has reached yet: so the stamps of the next start are later than those of this one,
/// whatever the wall clock says then, and than all that is on the shelf.</summary>
/// <remarks>It is kept before the first stamp that has reached it leads to anything acknowledged, as it lies before that on the shelf's
/// log.</remarks>
internal sealed class ClockNote(IShelf shelf)
{
    // One more record every ten seconds; and after a start the clock is ten seconds ahead at most.
    private const ulong Ahead = 10_000UL << 16;

    private static readonly byte[] note = "clock"u8.ToArray();

    private ulong ceiling;

    /// <summary>What an earlier start kept; null if that is not there, or can't be read.</summary>
    public ulong? Read() =>
        shelf.FindNote(note) is { Length: sizeof(ulong) } bytes ? BinaryPrimitives.ReadUInt64BigEndian(bytes.Span) : null;

    /// <summary>The clock, or a stamp, has reached this time.</summary>
    /// <returns>Whether the next start will know it: not if the disk is full.</returns>
    public bool Keep(ulong time)
    {
        if (time < ceiling || time >= HybridClock.TimeMax - Ahead)
            return true;
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, time + Ahead);
        if (!shelf.KeepNote(note, bytes))
            return false;
        ceiling = time + Ahead;
        return true;
    }
}
