using Roj.Kernel;

namespace Roj.Host.Storage;

/// <summary>Whether the disk is so quick that it costs less to wait for it than to have another thread wait.</summary>
/// <remarks>One that was slow is not waited for again for a second; for twice as long each time that it is slow again.</remarks>
internal sealed class Haste
{
    /// <summary>Bytes of a commit at most that is waited for.</summary>
    public const int BytesMax = 1 << 20;

    /// <summary>What takes longer is slow. To hand a commit over and back takes some 50 µs, with two threads awake meanwhile.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(4);

    private static readonly TimeSpan pauseMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan pauseMax = TimeSpan.FromMinutes(1);

    private TimeSpan pause = pauseMin;
    private Instant from;

    /// <summary>Whether to wait for the next one.</summary>
    public bool IsQuick(Instant now) => now >= from;

    /// <summary>One took so long.</summary>
    public void Took(Instant now, TimeSpan span)
    {
        if (span <= Patience)
        {
            pause = pauseMin;
            return;
        }

        from = now + pause;
        pause = pause + pause < pauseMax ? pause + pause : pauseMax;
    }
}
