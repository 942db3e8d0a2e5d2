using Roj.Simulation.Tokens;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Tokens;

public sealed class TokenSeedTests : TraceTests
{
    // What must happen in a thousand seeds: an invariant that nothing tempts is not tested.
    private static readonly string[] mustBeSeen =
    [
        "a healthy network is split",
        "a node ends for its disk",
        "a token is given once more",
        "a token is made, or rises",
        "a token is passed",
        "a turn",
        "a turn is lost",
        "a write is refused",
        "an owner leaves",
        "an owner leaves, and all is quiet",
        "an owner stood still",
        "another leaves",
        "something is written",
        "two halves meet",
        "two sides have a token each",
        "two tokens have the same fence",
        "what was done does not count",
        "what was done is dropped",
    ];

    /// <summary>Invariants 1 to 6 and T1 to T7, in both modes: see <see cref="TokenRun"/>.</summary>
    [Fact]
    public void Every_seed_comes_right()
    {
        var campaign = new SeedCampaign(Seeds.Count);
        campaign.Run(seed =>
        {
            var run = new TokenRun(seed);
            var fault = run.Run();
            return (fault is null ? null : $"{fault}\n  {run.Setup}\n  again: {run.Command}", run.Sights.Counts.Keys);
        });
        campaign.MustHaveSeen(mustBeSeen);
    }

    /// <inheritdoc/>
    protected override ulong TraceOf(ulong seed, Action<string>? watch = null)
    {
        var run = new TokenRun(seed, watch);
        run.Run();
        return run.World.Trace.Hash;
    }
}
