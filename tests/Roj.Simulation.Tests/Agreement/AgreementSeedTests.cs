using Roj.Simulation.Agreement;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Agreement;

public sealed class AgreementSeedTests : TraceTests
{
    // What must happen in a thousand seeds: an invariant that nothing tempts is not tested.
    private static readonly string[] mustBeSeen =
    [
        "a change takes one round trip",
        "a disk does not give back what was saved",
        "a disk that was set back is found out",
        "a fence keeps a late one away",
        "a floor keeps somebody away",
        "a guard keeps somebody away",
        "a lease has another holder",
        "a lease is held",
        "a lease is not renewed",
        "a lease is renewed",
        "a register is forgotten",
        "an eviction was done",
        "an eviction was not done",
        "another steward goes on",
        "expectations differ",
        "it can't be told",
        "somebody of another cluster",
        "somebody repairs",
        "somebody was first",
        "the disk is full",
        "the log is in quarantine",
        "the same change is asked for elsewhere",
        "two majorities are asked",
        "what was forgotten comes back",
    ];

    /// <summary>Invariants A1 to A6: see <see cref="AgreementRun"/>.</summary>
    [Fact]
    public void Every_seed_comes_right()
    {
        var (operations, unknowns, undecided) = (0L, 0L, 0);
        var campaign = new SeedCampaign(Seeds.Count);
        campaign.Run(
            seed =>
            {
                var run = new AgreementRun(seed);
                var fault = run.Run();
                Interlocked.Add(ref operations, run.Operations);
                Interlocked.Add(ref unknowns, run.Unknowns);
                Interlocked.Add(ref undecided, run.IsUndecided ? 1 : 0);
                return (fault is null ? null : $"{fault}\n  {run.Setup}\n  again: {run.Command}", run.Sights.Counts.Keys);
            },
            () => $": {operations} operations, {unknowns} of unknown outcome, {undecided} undecided");
        // What never happened proves nothing, nor what nobody found out.
        Assert.True(operations > 100 * Seeds.Count && unknowns < operations / 5);
        Assert.InRange(undecided, 0, 1 + (Seeds.Count / 100));
        campaign.MustHaveSeen(mustBeSeen);
    }

    /// <inheritdoc/>
    protected override ulong TraceOf(ulong seed, Action<string>? watch = null)
    {
        var run = new AgreementRun(seed, watch);
        run.Run();
        return run.World.Trace.Hash;
    }
}
