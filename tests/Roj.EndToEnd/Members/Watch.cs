using System.Diagnostics;

namespace Roj.EndToEnd.Members;

/// <summary>Follows many agents at once.</summary>
internal static class Watch
{
    /// <summary>A clock that only goes forward.</summary>
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>Waits until all of <paramref name="watchers"/> say <paramref name="state"/> of all of <paramref name="seen"/>, and gives
    /// back when that was.</summary>
    /// <exception cref="LabException">They did not within <paramref name="limit"/>.</exception>
    public static async Task<TimeSpan> UntilAsync(
        IReadOnlyList<Agent> watchers, IReadOnlyList<Agent> seen, string state, TimeSpan limit)
    {
        await Poll.UntilAsync(
            () =>
            {
                foreach (var watcher in watchers)
                    watcher.Look();
                return watchers.All(watcher => watcher.Sees(seen, state));
            },
            limit,
            () => $"{watchers.Count} see {seen.Count} {state}; {Doubter(watchers, seen, state)}").ConfigureAwait(false);
        return Now;
    }

    /// <summary>Follows them for a while.</summary>
    public static async Task ForAsync(IReadOnlyList<Agent> watchers, TimeSpan length)
    {
        for (var end = Now + length; Now < end;)
        {
            foreach (var watcher in watchers)
                watcher.Look();
            await Task.Delay(20).ConfigureAwait(false);
        }
    }

    private static string Doubter(IReadOnlyList<Agent> watchers, IReadOnlyList<Agent> seen, string state)
    {
        var doubts = watchers
            .SelectMany(watcher => seen.Where(other => !watcher.Sees([other], state)), (watcher, other) => (watcher, other)).ToArray();
        return doubts is []
            ? "now they do"
            : $"{doubts.Length} times not so: {doubts[0].watcher.Name} says {doubts[0].watcher.Said(doubts[0].other) ?? "nothing"} of "
                + doubts[0].other.Name;
    }
}
