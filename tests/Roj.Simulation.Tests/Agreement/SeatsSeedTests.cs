using System.Collections.Concurrent;
using Roj.Simulation.Agreement.Seats;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Agreement;

public sealed class SeatsSeedTests
{
    private const int EnoughToSeeAll = 500;

    private static readonly string[] mustBeSeen =
    [
        "a disk is set back",
        "a disk that was set back is found out",
        "a lease is held",
        "a lease is renewed",
        "a register is forgotten",
        "a set is seated",
        "a set of two is seated",
        "an eviction was done",
    ];

    /// <summary>Invariants A1, A3, A4 and A6, births and set-backs: see <see cref="SeatsRun"/>.</summary>
    [Fact]
    public void Every_seed_comes_right()
    {
        var wrong = new ConcurrentBag<string>();
        var seen = new ConcurrentDictionary<string, int>();
        var acknowledged = 0L;
        Parallel.For(0, Seeds.Count, offset =>
        {
            var run = new SeatsRun(Seeds.First + (ulong)offset);
            if (run.Run() is { } fault)
                wrong.Add($"seed {Seeds.First + (ulong)offset}, {run.Theme}: {fault}");
            Interlocked.Add(ref acknowledged, run.Acknowledged);
            foreach (var what in run.Sights.Counts.Keys)
                seen.AddOrUpdate(what, 1, (_, count) => count + 1);
        });

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Seeds.Count} seeds from {Seeds.First}: {acknowledged} changes acknowledged; seen: "
            + string.Join(", ", seen.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}")));
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order()));
        Assert.True(acknowledged > 5 * Seeds.Count); // what nobody was told can't be wrong
        if (Seeds.Count >= EnoughToSeeAll)
            Assert.All(mustBeSeen, one => Assert.True(seen.ContainsKey(one), one));
    }
}
