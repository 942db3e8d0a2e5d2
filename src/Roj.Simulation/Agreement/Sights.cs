namespace Roj.Simulation.Agreement;

/// <summary>What happened in a run that should happen sometimes: what never does proves nothing.</summary>
public sealed class Sights
{
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);

    /// <summary>How often each was seen.</summary>
    public IReadOnlyDictionary<string, long> Counts => counts;

    internal void Saw(string what) => counts[what] = counts.GetValueOrDefault(what) + 1;
}
