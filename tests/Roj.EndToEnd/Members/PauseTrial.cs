using System.Globalization;

namespace Roj.EndToEnd.Members;

/// <summary>Hosts that stand still for a while, one after another, in a network that loses frames: whoever runs is never declared dead, and
/// whoever wakes is back soon.</summary>
internal sealed class PauseTrial(Lab lab, IReadOnlyList<Agent> agents, ulong seed)
{
    private static readonly TimeSpan BackLimit = TimeSpan.FromSeconds(60);

    private readonly List<string> wrongs = [];
    private readonly List<TimeSpan> returns = [];
    private readonly int[] read = new int[agents.Count];

    /// <summary>Told after each pause how it went, so that nobody waits in the dark.</summary>
    public Action<string>? Tell { get; init; }

    /// <summary>Every running host that was declared dead, by whom and when.</summary>
    public IReadOnlyList<string> Wrongs => wrongs;

    /// <summary>How long after it woke each was alive to all.</summary>
    public IReadOnlyList<TimeSpan> Returns => returns;

    /// <summary>How often a host that stood still was declared dead, by all watchers together.</summary>
    public int Deaths { get; private set; }

    /// <summary>Runs for <paramref name="length"/>, and on until the last one who was paused is back.</summary>
    public async Task RunAsync(TimeSpan length, double lossPercent, TimeSpan pauseMin, TimeSpan pauseMax)
    {
        var random = new Random((int)seed);
        for (var i = 0; i < agents.Count; i++)
            read[i] = agents[i].Sightings.Count;
        lab.LoseEverywhere(lossPercent);
        var end = Watch.Now + length;
        while (Watch.Now < end)
        {
            await Watch.ForAsync(agents, TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            Judge(paused: null);
            var paused = agents[random.Next(agents.Count)];
            paused.Process.Pause();
            await Watch.ForAsync(agents, pauseMin + ((pauseMax - pauseMin) * random.NextDouble())).ConfigureAwait(false);
            paused.Process.Continue();
            var woken = Watch.Now;
            returns.Add(await Watch.UntilAsync(agents, [paused], "alive", BackLimit).ConfigureAwait(false) - woken);
            Judge(paused);
            Tell?.Invoke($"{paused.Name} back after {returns[^1].TotalSeconds:F2} s, {wrongs.Count} wrongly dead so far");
        }

        lab.LoseEverywhere(0);
    }

    // What was said since the last call.
    private void Judge(Agent? paused)
    {
        for (var i = 0; i < agents.Count; i++)
        {
            for (; read[i] < agents[i].Sightings.Count; read[i]++)
            {
                var sighting = agents[i].Sightings[read[i]];
                if (sighting.State != "dead")
                    continue;
                if (sighting.Name == paused?.Name)
                    Deaths++;
                else
                    wrongs.Add(string.Create(CultureInfo.InvariantCulture, $"{sighting.Name} by {sighting.Watcher} at {sighting.At:c}"));
            }
        }
    }
}
