namespace Roj.Simulation.Histories;

/// <summary>
/// Looks for an order of all operations on a register, trying each that could be next (Wing and Gong 1993), and no set of operations with
/// the same value twice (Lowe 2017: their search with a cache of configurations).
/// </summary>
/// <remarks>
/// A change whose outcome is unknown may be left out. By default the versions that clients saw are not looked at: then it knows nothing
/// that <see cref="VersionChecker"/> goes by, and registers whose versions start again can be judged. In the worst case it
/// takes exponential time.
/// </remarks>
public static class ExhaustiveChecker
{
    /// <summary>Steps of the search, unless told otherwise: some seconds.</summary>
    public const int StepsMax = 2_000_000;

    /// <summary>Judges each register.</summary>
    /// <param name="operations">The history, in any order.</param>
    /// <param name="versions">Whether the versions that clients saw, and conditions on them, count.</param>
    /// <param name="stepsMax">How many steps the search may take for one register; beyond, the verdict is unknown.</param>
    /// <exception cref="ArgumentException">An operation can't have been.</exception>
    public static Verdict Check(IEnumerable<Operation> operations, bool versions = false, int stepsMax = StepsMax)
    {
        Verdict verdict = new Verdict.Linearizable();
        foreach (var history in RegisterHistory.Of(operations))
            verdict = Verdict.Both(verdict, new ExhaustiveSearch(history, versions, stepsMax).Run());
        return verdict;
    }
}
