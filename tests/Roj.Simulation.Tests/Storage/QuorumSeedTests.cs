using Roj.Simulation.Storage.Quorum;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Storage;

public sealed class QuorumSeedTests
{
    private static readonly string[] mustBeSeen =
    [
        "a corrupted disk is replaced",
        "a fence keeps a late one away",
        "a floor keeps somebody away",
        "a register is forgotten",
        "all was listed",
        "an eviction was done",
        "no power anywhere",
        "somebody repairs",
        "something is written at one version only",
        "something is written under a fence",
        "the same request is asked for elsewhere",
        "two majorities are asked",
        "what was forgotten comes back",
    ];

    // A run takes about a second of a processor: so many fit into forty.
    private const int UsualSeeds = 60;

    /// <summary>What is promised of the store where a majority decides: see <see cref="QuorumRun"/>.</summary>
    [Fact]
    public void Every_seed_comes_right()
    {
        var operations = 0L;
        var count = Seeds.IsCampaign ? Seeds.Count : Math.Min(Seeds.Count, UsualSeeds);
        var campaign = new SeedCampaign(count);
        campaign.Run(
            seed =>
            {
                var run = new QuorumRun(seed);
                var fault = run.Run();
                Interlocked.Add(ref operations, run.History.Count);
                return (fault, run.Sights.Counts.Keys);
            },
            () => $": {operations} operations on keys");
        Assert.True(operations > 50 * count); // what nobody asked for can't be wrong
        campaign.MustHaveSeen(mustBeSeen);
    }
}
