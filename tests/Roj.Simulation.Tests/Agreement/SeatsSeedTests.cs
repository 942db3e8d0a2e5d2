using Roj.Simulation.Agreement.Seats;
using Roj.Simulation.Tests.Swarms;
using Xunit;

namespace Roj.Simulation.Tests.Agreement;

public sealed class SeatsSeedTests
{
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
        var acknowledged = 0L;
        var campaign = new SeedCampaign(Seeds.Count);
        campaign.Run(
            seed =>
            {
                var run = new SeatsRun(seed);
                var fault = run.Run();
                Interlocked.Add(ref acknowledged, run.Acknowledged);
                return (fault is null ? null : $"{run.Theme}: {fault}", run.Sights.Counts.Keys);
            },
            () => $": {acknowledged} changes acknowledged");
        Assert.True(acknowledged > 5 * Seeds.Count); // what nobody was told can't be wrong
        campaign.MustHaveSeen(mustBeSeen);
    }
}
