namespace Roj.MembershipBench;

/// <summary>Values by their place among all.</summary>
internal static class Rank
{
    /// <summary>The value that this share of all don't exceed (nearest rank): of fewer than a hundred, the 99th percentile is the
    /// largest.</summary>
    public static double Of(IEnumerable<double> values, int percent)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Max(0, ((sorted.Length * percent) + 99) / 100 - 1)];
    }

    /// <summary>As <see cref="Of(IEnumerable{double}, int)"/>, in seconds.</summary>
    public static double Of(IEnumerable<TimeSpan> values, int percent) => Of(values.Select(value => value.TotalSeconds), percent);
}
