using System.Buffers.Binary;

namespace Roj.Storage;

/// <summary>Keeps a time on the shelf that no stamp has reached yet, so that the stamps of the next start are later than those of this one,
/// whatever the wall clock says then.</summary>
/// <remarks>It is kept before the first stamp that has reached it leads to anything acknowledged, as it lies before that on the shelf's
/// log.</remarks>
internal sealed class ClockNote(IShelf shelf)
{
    // One more record every ten seconds; and after a start the clock is ten seconds ahead at most.
    private const ulong Ahead = 10_000UL << 16;

    private static readonly byte[] note = "clock"u8.ToArray();

    private ulong ceiling;

    /// <summary>From here on the clock is later than in any earlier start.</summary>
    public void Start(HybridClock clock, Moment at)
    {
        if (shelf.FindNote(note) is { Length: sizeof(ulong) } bytes)
            clock.Hear(at, BinaryPrimitives.ReadUInt64BigEndian(bytes.Span));
    }

    /// <summary>A stamp of this time is given.</summary>
    public void Keep(ulong time)
    {
        if (time < ceiling || time >= HybridClock.TimeMax - Ahead)
            return;
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, time + Ahead);
        if (shelf.KeepNote(note, bytes))
            ceiling = time + Ahead;
    }
}
