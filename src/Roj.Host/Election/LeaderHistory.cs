using Roj.Kernel;

namespace Roj.Host.Election;

/// <summary>The leaderships that a node knew of, and the times without: why each began, and ended.</summary>
/// <param name="nameOf">What to call a node.</param>
internal sealed class LeaderHistory(Func<NodeId, string> nameOf)
{
    /// <summary>How many are remembered.</summary>
    public const int Max = 64;

    private readonly List<Leadership> all = [];

    /// <summary>All that are remembered, the latest last.</summary>
    public IReadOnlyList<Leadership> All => [.. all];

    /// <summary>How many there were, those that are not remembered any more among them.</summary>
    public long Count { get; private set; }

    /// <summary>Another leadership begins, or a time without.</summary>
    /// <param name="at">When.</param>
    /// <param name="term">Which; null for none.</param>
    /// <param name="why">Why.</param>
    public void Add(DateTimeOffset at, Term? term, string why)
    {
        Count++;
        if (all.Count > 0)
            all[^1] = all[^1] with { Until = at, WhyEnded = why };
        if (all.Count == Max)
            all.RemoveAt(0);
        all.Add(new Leadership(term, term is { } leads ? nameOf(leads.Leader) : null, at, null, why, null));
    }
}
