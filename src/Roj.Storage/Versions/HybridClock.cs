using Roj.Kernel;

namespace Roj.Storage;

/// <summary>Gives stamps: as late as the wall clock, and later than all that it has given or heard of (Kulkarni and others, <em>Logical
/// Physical Clocks</em>, OPODIS 2014).</summary>
/// <remarks>Wall clocks may be wrong by hours. Who has a later version of a key says so, and then what is written is stamped anew, above
/// it: so the wall clocks of two nodes never decide which of two writes counts, if one had ended before the other began.</remarks>
/// <param name="self">Whose stamps they are.</param>
/// <param name="boot">In which of his starts.</param>
public sealed class HybridClock(NodeId self, uint boot)
{
    /// <summary>No greater time is believed: counting on from there would come to an end.</summary>
    public const ulong TimeMax = 1UL << 63;

    private ulong last;

    /// <summary>The next stamp.</summary>
    /// <param name="unixMilliseconds">What the wall clock says.</param>
    public Stamp Next(long unixMilliseconds)
    {
        var wall = (ulong)Math.Clamp(unixMilliseconds, 0, (long)(TimeMax >> 17)) << 16;
        last = Math.Max(wall, last + 1);
        return new Stamp(last, self, boot);
    }

    /// <summary>What is given from now on is later than this.</summary>
    public void Hear(Stamp stamp) => last = stamp.Time < TimeMax ? Math.Max(last, stamp.Time) : last;
}
