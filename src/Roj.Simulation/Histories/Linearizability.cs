namespace Roj.Simulation.Histories;

/// <summary>Chooses the checker.</summary>
public static class Linearizability
{
    /// <summary>Judges each register of a history.</summary>
    /// <param name="operations">The history, in any order.</param>
    /// <param name="versionsRestart">
    /// Whether a register may have been forgotten within it, so that its versions start at 0 again. Then versions prove nothing, and the
    /// exhaustive checker judges the values alone; they should be unique, and the operations on one register a few hundred at most.
    /// </param>
    /// <exception cref="ArgumentException">An operation can't have been.</exception>
    public static Verdict Check(IEnumerable<Operation> operations, bool versionsRestart = false) =>
        versionsRestart ? ExhaustiveChecker.Check(operations) : VersionChecker.Check(operations);
}
