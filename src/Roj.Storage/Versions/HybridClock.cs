using Roj.Kernel;

namespace Roj.Storage;

/// <summary>Gives stamps: by a clock that is as early as none of those heard of, and later than all that were given or heard of (Kulkarni
/// and others, <em>Logical Physical Clocks</em>, OPODIS 2014).</summary>
/// <remarks>Wall clocks may be wrong by hours. So each node counts on from the latest time that it has heard of, with the clock that only
/// goes forward: nodes that hear each other count alike but for the way between them. And who has a later version of a key says so: then
/// what is written is stamped anew, above it.</remarks>
/// <param name="self">Whose stamps they are.</param>
/// <param name="boot">In which of his starts.</param>
public sealed class HybridClock(NodeId self, uint boot)
{
    /// <summary>No greater time is believed: counting on from there would come to an end.</summary>
    public const ulong TimeMax = 1UL << 63;

    private const int FractionBits = 16; // of a millisecond: what is counted within one

    private long? ahead; // milliseconds of stamps before those of the forward clock
    private ulong last;

    /// <summary>The next stamp.</summary>
    public Stamp Next(Moment at)
    {
        last = Math.Max(TimeAt(at), last + 1);
        return new Stamp(last, self, boot);
    }

    /// <summary>What the clock says: to be told to others.</summary>
    public ulong TimeAt(Moment at)
    {
        ahead ??= at.Unix - Milliseconds(at);
        var time = (ulong)Math.Clamp(Milliseconds(at) + ahead.Value, 0, (long)(TimeMax >> (FractionBits + 1)));
        return time << FractionBits;
    }

    /// <summary>A span as stamps count it.</summary>
    public static ulong TimeOf(TimeSpan span) => (ulong)(span.Ticks / TimeSpan.TicksPerMillisecond) << FractionBits;

    /// <summary>What is given from now on is later than this, and counted on from there.</summary>
    /// <param name="at">The time.</param>
    /// <param name="time">A stamp's, or what another's clock says.</param>
    public void Hear(Moment at, ulong time)
    {
        if (time >= TimeMax)
            return;
        last = Math.Max(last, time);
        if (time > TimeAt(at))
            ahead = (long)(time >> FractionBits) - Milliseconds(at);
    }

    private static long Milliseconds(Moment at) => at.Now.Ticks / TimeSpan.TicksPerMillisecond;
}
