using System.Diagnostics;

namespace Roj.Cli;

/// <summary>Bytes a second over the last three seconds, for people to look at.</summary>
internal sealed class RateMeter
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    private readonly Queue<(long At, long Bytes)> samples = new();

    /// <summary>Notes how many bytes there are now, and says at what rate they came.</summary>
    public long Add(long bytes)
    {
        var now = Stopwatch.GetTimestamp();
        samples.Enqueue((now, bytes));
        while (samples.Count > 2 && Stopwatch.GetElapsedTime(samples.Peek().At, now) > Window)
            samples.Dequeue();
        var (at, before) = samples.Peek();
        var seconds = Stopwatch.GetElapsedTime(at, now).TotalSeconds;
        return seconds > 0 ? (long)((bytes - before) / seconds) : 0;
    }
}
