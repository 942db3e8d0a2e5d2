namespace Roj.Simulation.Histories;

/// <summary>What a checker says of a history.</summary>
public abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>There is an order that explains it.</summary>
    public sealed record Linearizable : Verdict;

    /// <summary>There is none.</summary>
    /// <param name="Sentence">Why, naming operations.</param>
    public sealed record Violation(string Sentence) : Verdict;

    /// <summary>It was not found out.</summary>
    /// <param name="Sentence">Why not.</param>
    public sealed record Unknown(string Sentence) : Verdict;

    /// <summary>What is true of two parts together: a violation in either is one.</summary>
    internal static Verdict Both(Verdict left, Verdict right) => (left, right) switch
    {
        (Violation, _) => left,
        (_, Violation) => right,
        (Unknown, _) => left,
        _ => right,
    };
}
