using Roj.Simulation.Agreement.Seats;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Agreement;

public sealed class MovesSeedTests
{
    private static readonly string[] mustBeSeen =
    [
        "a register is forgotten",
        "a slot's set is seated",
        "a slot's set of two is seated",
    ];

    /// <summary>Invariants A1, A4 and A6 of registers whose slots move all the time: see <see cref="MovesRun"/>.</summary>
    [Fact]
    public void Every_seed_comes_right()
    {
        var acknowledged = 0L;
        var campaign = new SeedCampaign(Seeds.Count);
        campaign.Run(
            seed =>
            {
                var run = new MovesRun(seed);
                var fault = run.Run();
                Interlocked.Add(ref acknowledged, run.Acknowledged);
                return (fault, run.Sights.Counts.Keys);
            },
            () => $": {acknowledged} changes acknowledged");
        Assert.True(acknowledged > 2 * Seeds.Count); // what nobody was told can't be wrong
        campaign.MustHaveSeen(mustBeSeen);
    }
}
