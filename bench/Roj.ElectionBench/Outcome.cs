using Roj.MembershipBench;

namespace Roj.ElectionBench;

/// <summary>What all rounds of one subject in one situation gave.</summary>
/// <param name="Subject">Who lost leaders.</param>
/// <param name="Situation">In what.</param>
internal sealed record Outcome(string Subject, Situation Situation)
{
    /// <summary>The rounds, in order.</summary>
    public List<Round> Rounds { get; } = [];

    /// <summary>What went wrong; a turn that fails is not gone on with.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Of some figure of the rounds, what this share of them did not exceed, in milliseconds; null without rounds.</summary>
    public double? Milliseconds(Func<Round, TimeSpan?> figure, int percent)
    {
        double[] values = [.. Rounds.Select(figure).OfType<TimeSpan>().Select(value => value.TotalMilliseconds)];
        return values.Length > 0 ? Rank.Of(values, percent) : null;
    }
}
