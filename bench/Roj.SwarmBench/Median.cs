namespace Roj.SwarmBench;

/// <summary>The value in the middle: one run that was disturbed does not move it.</summary>
internal static class Median
{
    /// <summary>The median of what <paramref name="value"/> says of each; of an even number, between the two in the middle.</summary>
    public static double Of(IEnumerable<Outcome> outcomes, Func<Outcome, double> value)
    {
        var sorted = outcomes.Select(value).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
