namespace Roj.Host.Security;

/// <summary>How often an address may be wrong in a second. From any thread.</summary>
/// <remarks>A token can't be guessed, at any rate; this bounds what trying costs, and makes it show.</remarks>
internal sealed class GuessLimit(int perSource)
{
    /// <summary>How often, as a rule.</summary>
    public const int Usual = 20;

    /// <summary>Addresses remembered at most; those beyond are not counted until the second is over.</summary>
    public const int SourcesMax = 4096;

    private readonly Dictionary<uint, int> failures = [];
    private long current;

    /// <summary>Whether an address may try.</summary>
    /// <param name="second">Which second it is.</param>
    /// <param name="source">The address.</param>
    public bool MayGuess(long second, uint source)
    {
        lock (failures)
        {
            Turn(second);
            return failures.GetValueOrDefault(source) < perSource;
        }
    }

    /// <summary>One that tried was wrong.</summary>
    /// <param name="second">Which second it was.</param>
    /// <param name="source">The address.</param>
    public void Failed(long second, uint source)
    {
        lock (failures)
        {
            Turn(second);
            var count = failures.GetValueOrDefault(source);
            if (count > 0 || failures.Count < SourcesMax)
                failures[source] = count + 1;
        }
    }

    // Two threads may read the clock in one order and come here in the other.
    private void Turn(long second)
    {
        if (second <= current)
            return;
        current = second;
        failures.Clear();
    }
}
