namespace Roj.Simulation.Histories;

/// <summary>
/// Judges registers whose clients are told versions, in about the time of sorting. To judge histories is hard in general and easy where it
/// is known who wrote what was read (Gibbons and Korach 1997); versions tell even the order.
/// </summary>
/// <remarks>
/// <para>Every applied change made the next version, beginning with 1. So the order is by version: the change that made it, then whoever
/// saw it. What is left to check: no version is made twice; each value follows from the one before; whoever returned before another was
/// invoked stands not behind it. Versions that no acknowledged change made belong to changes whose outcome, or version, is not known; which
/// is whose is searched for, and each must fit into its time.</para>
/// <para>Versions that start again, because the register was forgotten, read as a violation: <see cref="ExhaustiveChecker"/> without
/// versions is for those (<see cref="Linearizability"/> chooses).</para>
/// </remarks>
public static class VersionChecker
{
    /// <summary>Steps of the search for the owners of versions, unless told otherwise: some seconds.</summary>
    public const int StepsMax = 5_000_000;

    /// <summary>Judges each register.</summary>
    /// <param name="operations">The history, in any order.</param>
    /// <param name="stepsMax">How many versions the search may go over for one register; beyond, the verdict is unknown.</param>
    /// <exception cref="ArgumentException">An operation can't have been.</exception>
    public static Verdict Check(IEnumerable<Operation> operations, int stepsMax = StepsMax)
    {
        Verdict verdict = new Verdict.Linearizable();
        foreach (var history in RegisterHistory.Of(operations))
            verdict = Verdict.Both(verdict, Judge(history, stepsMax));
        return verdict;
    }

    private static Verdict Judge(RegisterHistory history, int stepsMax)
    {
        var line = new VersionLine(history);
        var owners = line.Breach() is null ? new VersionOwners(history, line) : null;
        var breach = line.Breach() ?? owners?.Breach();
        return breach is null && owners is not null
            ? new VersionSearch(history.Name, line, owners, stepsMax).Run()
            : new Verdict.Violation($"{history.Name}: {breach}");
    }
}
