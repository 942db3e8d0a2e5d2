namespace Roj.Cli.Doctor;

/// <summary>What <c>roj doctor</c> looked at, and what it saw.</summary>
/// <param name="Check">One word: node, port, interface, broadcast, cluster, clock, link or identity.</param>
/// <param name="IsWrong">Whether something must be done.</param>
/// <param name="What">What was seen.</param>
/// <param name="Why">Why it matters; null where all is well.</param>
/// <param name="Do">What to do; null where all is well.</param>
internal sealed record Finding(string Check, bool IsWrong, string What, string? Why = null, string? Do = null)
{
    /// <summary>All is well.</summary>
    public static Finding Well(string check, string what) => new(check, false, what);

    /// <summary>Something is wrong.</summary>
    public static Finding Wrong(string check, string what, string why, string toDo) => new(check, true, what, why, toDo);
}
