namespace Roj.EndToEnd.Members;

/// <summary>A node killed with signal 9, and how long after that each of the others knew.</summary>
/// <param name="Known">In order.</param>
internal sealed record Death(IReadOnlyList<TimeSpan> Known)
{
    /// <summary>The first to know.</summary>
    public TimeSpan First => Known[0];

    /// <summary>The last.</summary>
    public TimeSpan Last => Known[^1];

    /// <summary>Kills <paramref name="victim"/>, and waits until all others say that it is dead.</summary>
    /// <exception cref="LabException">They did not within <paramref name="limit"/>.</exception>
    public static async Task<Death> OfAsync(Agent victim, IReadOnlyList<Agent> agents, TimeSpan limit)
    {
        Agent[] others = [.. agents.Where(agent => agent != victim)];
        var killed = Watch.Now;
        await victim.Process.KillAsync().ConfigureAwait(false);
        await Watch.UntilAsync(others, [victim], "dead", limit).ConfigureAwait(false);
        return new Death([.. others
            .Select(other => other.Sightings.Last(sighting => sighting.Name == victim.Name && sighting.State == "dead").At - killed)
            .Order()]);
    }
}
