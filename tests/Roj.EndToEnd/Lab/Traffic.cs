namespace Roj.EndToEnd;

/// <summary>What went over a host's cable, headers included, as the host sees it.</summary>
/// <param name="SentBytes">Bytes it sent.</param>
/// <param name="SentFrames">Frames it sent.</param>
/// <param name="ReceivedBytes">Bytes it was sent.</param>
/// <param name="ReceivedFrames">Frames it was sent.</param>
internal readonly record struct Traffic(long SentBytes, long SentFrames, long ReceivedBytes, long ReceivedFrames)
{
    /// <summary>What went over it between two readings.</summary>
    public static Traffic operator -(Traffic later, Traffic earlier) => new(
        later.SentBytes - earlier.SentBytes,
        later.SentFrames - earlier.SentFrames,
        later.ReceivedBytes - earlier.ReceivedBytes,
        later.ReceivedFrames - earlier.ReceivedFrames);
}
