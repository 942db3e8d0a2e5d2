using Roj.MembershipBench;

namespace Roj.RegisterBench;

/// <summary>What is claimed of Roj's changes per second: so many times etcd's, both in the same run.</summary>
/// <param name="Clients">Under how many clients.</param>
/// <param name="Times">How many times etcd's they are at least.</param>
internal sealed record Claim(int Clients, double Times)
{
    /// <summary>All that is claimed.</summary>
    public static IReadOnlyList<Claim> All { get; } = [new(1, 1), new(50, 5)];

    /// <summary>How many times etcd's they were, median by median; null if one of them was not measured, or failed.</summary>
    public double? Measured(IReadOnlyCollection<Outcome> outcomes) =>
        PerSecond(outcomes, Subjects.Roj) / PerSecond(outcomes, Subjects.Etcd);

    private double? PerSecond(IReadOnlyCollection<Outcome> outcomes, string subject)
    {
        Outcome[] own = [.. outcomes.Where(outcome => outcome.Subject == subject && outcome.Clients == Clients)];
        return own.Length > 0 && own.All(outcome => outcome.Failure is null) ? Rank.Of(own.Select(outcome => outcome.PerSecond), 50) : null;
    }
}
