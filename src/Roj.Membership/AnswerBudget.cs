using Roj.Kernel;

namespace Roj.Membership;

/// <summary>How many asks are answered: so many a second of one source, and so many in all.</summary>
public sealed class AnswerBudget(int perSource, int inAll)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Pace all = new(inAll, Second);
    private readonly SortedDictionary<uint, Pace> sources = [];

    /// <summary>Whether an ask from <paramref name="source"/> may be answered now.</summary>
    public bool TryTake(Instant now, uint source)
    {
        var pace = sources.GetValueOrDefault(source) ?? new Pace(perSource, Second);
        if (!pace.CanTake(now) || !all.TryTake(now))
            return false;

        pace.TryTake(now);
        // A bucket that is not full took a token of the whole within the last second: there are never more than two seconds' worth of them.
        if (sources.Count >= 2 * inAll)
            ForgetFull(now);
        sources[source] = pace;
        Check.That(sources.Count <= 2 * inAll);
        return true;
    }

    private void ForgetFull(Instant now)
    {
        foreach (var source in sources.Where(s => s.Value.IsFull(now)).Select(s => s.Key).ToList())
            sources.Remove(source);
    }
}
