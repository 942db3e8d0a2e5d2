namespace Roj.MembershipBench;

/// <summary>Something that was measured, and what it may be at most.</summary>
/// <param name="What">What it is.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Roj">Roj's; null if the run failed.</param>
/// <param name="Limit">What Roj's may be at most; null where nothing is claimed.</param>
internal sealed record Figure(string What, string Unit, double? Roj, double? Limit = null)
{
    /// <summary>serf's, in the same run; null if it was not measured.</summary>
    public double? Serf { get; init; }

    /// <summary>Whether Roj keeps the limit.</summary>
    public bool IsMet => Roj is { } value && !(value > Limit);
}
