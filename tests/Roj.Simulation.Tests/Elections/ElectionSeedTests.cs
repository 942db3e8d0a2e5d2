using Roj.Simulation.Elections;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Elections;

public sealed class ElectionSeedTests : TraceTests
{
    // What must happen in a thousand seeds: an invariant that nothing tempts is not tested.
    private static readonly string[] mustBeSeen =
    [
        "a command is given",
        "a command is heeded",
        "a command is written",
        "a follower leaves",
        "a healthy network is split",
        "a higher address comes back",
        "a higher address comes back, which led",
        "a leader is not heard",
        "a leader leads no more",
        "a leader leaves",
        "a leader stood still",
        "nodes are coloured",
        "one that stays is repainted",
        "somebody leads",
        "somebody leads, by a majority",
        "somebody speaks in another's name",
        "the ring: Color",
        "the ring: a neighbour is passed over",
        "the ring: refused, a later leadership is known, or later colours",
        "the ring: refused, it comes from an earlier life or leadership of this node",
        "the ring: refused, it has been round the ring twice",
        "the ring: refused, its sender or its origin is not in the ring",
        "the ring: somebody is not reached",
        "the ring: somebody repeats what was said",
        "two sides have a leader each",
    ];

    /// <summary>Invariants E1 to E8 and C1 to C4: see <see cref="ElectionRun"/>.</summary>
    [Fact]
    public void Every_seed_comes_right()
    {
        var campaign = new SeedCampaign(Seeds.Count);
        campaign.Run(seed =>
        {
            var run = new ElectionRun(seed);
            var fault = run.Run();
            return (fault is null ? null : $"{fault}\n  {run.Setup}\n  again: {run.Command}", run.Sights.Counts.Keys);
        });
        campaign.MustHaveSeen(mustBeSeen);
    }

    /// <inheritdoc/>
    protected override ulong TraceOf(ulong seed, Action<string>? watch = null)
    {
        var run = new ElectionRun(seed, watch);
        run.Run();
        return run.World.Trace.Hash;
    }
}
