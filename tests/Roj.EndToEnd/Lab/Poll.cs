using System.Diagnostics;

namespace Roj.EndToEnd;

/// <summary>Waits for what other processes do, always with a limit.</summary>
internal static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until <paramref name="condition"/> holds.</summary>
    /// <exception cref="LabException">It did not within <paramref name="limit"/>.</exception>
    public static Task UntilAsync(Func<bool> condition, TimeSpan limit, string what) => UntilAsync(condition, limit, () => what);

    /// <summary>Waits until <paramref name="condition"/> holds; <paramref name="what"/> is only asked for when it does not.</summary>
    /// <exception cref="LabException">It did not within <paramref name="limit"/>.</exception>
    public static async Task UntilAsync(Func<bool> condition, TimeSpan limit, Func<string> what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > limit)
                throw new LabException($"not within {limit.TotalSeconds} s: {what()}");
            await Task.Delay(Interval).ConfigureAwait(false);
        }
    }
}
