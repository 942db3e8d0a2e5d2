using Roj.Simulation.Neighbourhoods;
using Xunit;

namespace Roj.Simulation.Tests.Neighbourhoods;

/// <summary>The figures that membership is to reach.</summary>
public sealed class MembersTests
{
    [Fact]
    public void Sixty_see_all_within_3_s_and_know_of_a_kill_within_3_s()
    {
        var result = MembersRun.Run(new MembersSetup { Nodes = 60, Seed = 1, Kills = 5 });
        Assert.InRange(result.AllSeeAll!.Value.TotalSeconds, 0, 3);
        Assert.InRange(result.Known[result.Known.Count * 99 / 100].TotalSeconds, 0, 3);
        Assert.Equal(0, result.FalseDeaths);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(60)]
    public void An_idle_member_sends_1_KiB_a_second_at_most_however_many_they_are(int nodes)
    {
        var result = MembersRun.Run(new MembersSetup { Nodes = nodes, Seed = 2, Kills = 0, Idle = TimeSpan.FromSeconds(60) });
        Assert.InRange(result.IdleRateMax, 1, 1024);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    public void At_5_percent_loss_with_one_paused_now_and_then_nobody_who_runs_is_declared_dead(int nodes)
    {
        var result = MembersRun.Run(new MembersSetup { Nodes = nodes, Seed = 3, Kills = 0, LossPpm = 50_000, Pauses = true });
        Assert.Equal(0, result.FalseDeaths);
        Assert.True(result.PausedDeaths > 0, "nobody was ever paused for long enough to prove anything");
    }

    [Fact]
    public void A_split_of_ten_minutes_heals_within_6_s()
    {
        var result = MembersRun.Run(new MembersSetup { Nodes = 10, Seed = 4, Kills = 0, Split = TimeSpan.FromMinutes(10) });
        Assert.InRange(result.Healed!.Value.TotalSeconds, 0, 6);
    }
}
