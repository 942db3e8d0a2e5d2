using System.Collections.Concurrent;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests;

/// <summary>Runs one seed after another, and counts in how many each thing was seen.</summary>
/// <param name="count">How many seeds.</param>
internal sealed class SeedCampaign(int count)
{
    private const int EnoughToSeeAll = 1_000;

    private readonly ConcurrentBag<string> wrong = [];
    private readonly ConcurrentDictionary<string, int> seen = new(StringComparer.Ordinal);

    /// <summary>Runs them all, several at a time; none may come wrong.</summary>
    /// <param name="run">Runs a seed: what is wrong, null for nothing, and what was seen.</param>
    /// <param name="figures">More to be told of them in the end.</param>
    public void Run(Func<ulong, (string? Wrong, IEnumerable<string> Seen)> run, Func<string>? figures = null)
    {
        Parallel.For(0, count, offset =>
        {
            var seed = Seeds.First + (ulong)offset;
            var (fault, sights) = run(seed);
            if (fault is not null)
                wrong.Add($"seed {seed}: {fault}");
            foreach (var what in sights)
                seen.AddOrUpdate(what, 1, (_, times) => times + 1);
        });

        var sighted = seen.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{count} seeds from {Seeds.First}{figures?.Invoke()}; seen: {string.Join(", ", sighted)}");
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
    }

    /// <summary>What must happen in a thousand seeds: an invariant that nothing tempts is not tested.</summary>
    public void MustHaveSeen(params IEnumerable<string> all)
    {
        if (count >= EnoughToSeeAll)
            Assert.All(all, one => Assert.True(seen.ContainsKey(one), one));
    }
}
