namespace Roj.TokenBench;

/// <summary>One thing that is measured, and what it gave.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="MeasureAsync">Measures it once: hops a second.</param>
internal sealed record Situation(string Name, Func<Task<double>> MeasureAsync)
{
    /// <summary>What it gave, a figure a round.</summary>
    public List<double> Figures { get; } = [];

    /// <summary>What went wrong.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>The median of the rounds; null if one failed.</summary>
    public double? Median => Failures.Count == 0 && Figures.Count > 0 ? MembershipBench.Rank.Of(Figures, 50) : null;
}
