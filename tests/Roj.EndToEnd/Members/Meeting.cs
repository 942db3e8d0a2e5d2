namespace Roj.EndToEnd.Members;

/// <summary>Agents that start, and how long it takes until all of them see all.</summary>
internal static class Meeting
{
    /// <summary>Starts all, and gives back how long after the last start all saw all.</summary>
    /// <exception cref="LabException">They did not within <paramref name="limit"/>.</exception>
    public static async Task<TimeSpan> StartAsync(IReadOnlyList<Agent> agents, TimeSpan limit, params string[] more)
    {
        foreach (var agent in agents)
            agent.Start(more);
        var started = Watch.Now;
        return await Watch.UntilAsync(agents, agents, "alive", limit).ConfigureAwait(false) - started;
    }

    /// <summary>As <see cref="StartAsync"/>, by one way alone.</summary>
    /// <remarks>For <see cref="Way.Memory"/> there is an earlier life, which all are killed in with signal 9: what it knew is on disk
    /// within a second.</remarks>
    public static async Task<TimeSpan> StartByAsync(string way, IReadOnlyList<MemberNode> nodes, TimeSpan limit)
    {
        if (way == Way.Memory)
        {
            await StartAsync(nodes, limit).ConfigureAwait(false);
            await Watch.ForAsync(nodes, TimeSpan.FromSeconds(1.5)).ConfigureAwait(false);
            foreach (var node in nodes)
                await node.Process.KillAsync().ConfigureAwait(false);
        }

        return await StartAsync(nodes, limit, Way.Arguments(way)).ConfigureAwait(false);
    }

    /// <summary>Has all say by HTTP that they see the same members.</summary>
    /// <exception cref="LabException">They don't.</exception>
    public static async Task AgreeAsync(IReadOnlyList<MemberNode> nodes)
    {
        SortedSet<string> hashes = new(StringComparer.Ordinal);
        foreach (var node in nodes)
            hashes.Add(await node.RosterHashAsync().ConfigureAwait(false));
        if (hashes.Count != 1)
            throw new LabException($"{nodes.Count} nodes, {hashes.Count} opinions of who is here");
    }
}
