using Roj.Simulation.Storage.Quorum;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Storage;

public sealed class QuorumSeedTests
{
    private static readonly string[] mustBeSeen =
    [
        "a clock is set",
        "a corrupted disk is replaced",
        "a fence keeps a late one away",
        "a floor keeps somebody away",
        "a register is forgotten",
        "all was listed",
        "an eviction was done",
        "no power anywhere",
        "somebody leaves",
        "somebody repairs",
        "something is written at one version only",
        "something is written under a fence",
        "the same request is asked for elsewhere",
        "two majorities are asked",
        "what was forgotten comes back",
    ];

    /// <summary>What is promised of the store where a majority decides: see <see cref="QuorumRun"/>.</summary>
    [Fact]
    public void Every_seed_comes_right()
    {
        var operations = 0L;
        var campaign = new SeedCampaign(Seeds.Count);
        campaign.Run(
            seed =>
            {
                var run = new QuorumRun(seed);
                var fault = run.Run();
                Interlocked.Add(ref operations, run.History.Count);
                return (fault, run.Sights.Counts.Keys);
            },
            () => $": {operations} operations on keys");
        Assert.True(operations > 50 * Seeds.Count); // what nobody asked for can't be wrong
        campaign.MustHaveSeen(mustBeSeen);
    }
}
