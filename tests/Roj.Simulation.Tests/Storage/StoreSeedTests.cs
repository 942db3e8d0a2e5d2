using Roj.Simulation.Storage;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Storage;

public sealed class StoreSeedTests : TraceTests
{
    // What must happen in a thousand seeds: an invariant that nothing tempts is not tested.
    private static readonly string[] mustBeSeen =
    [
        "a copy can't be read",
        "a copy is repaired",
        "a disk is wiped",
        "a slot is handed on",
        "a wall clock jumps",
        "all copies are wiped",
        "all keys are listed while somebody dies",
        "another map",
        "hints are delivered",
        "hints are kept",
        "refused: Full",
        "refused: NoServer",
        "refused: TimedOut",
        "somebody comes back when all is forgotten",
        "somebody is evicted",
        "somebody is evicted who is there",
        "somebody joins while all is calm",
        "somebody leaves while all is calm",
        "the disk is full",
        "the log is in quarantine",
        "the power of all goes",
        "tombstones are dropped",
        "two halves meet",
        "who was done without throws away what he had",
    ];

    /// <summary>That nothing acknowledged is lost, that all copies become alike, that nobody misses a key: see <see
    /// cref="StoreRun"/>.</summary>
    [Fact]
    public void Every_seed_comes_right()
    {
        var campaign = new SeedCampaign(Seeds.Count);
        campaign.Run(seed =>
        {
            var run = new StoreRun(seed);
            var fault = run.Run();
            return (fault is null ? null : $"{fault}\n  {run.Setup}\n  again: {run.Command}", run.Sights.Counts.Keys);
        });
        campaign.MustHaveSeen(mustBeSeen);
    }

    /// <inheritdoc/>
    protected override ulong TraceOf(ulong seed, Action<string>? watch = null)
    {
        var run = new StoreRun(seed, watch);
        run.Run();
        return run.World.Trace.Hash;
    }
}
