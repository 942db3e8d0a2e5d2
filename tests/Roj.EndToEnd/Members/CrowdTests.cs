using Xunit;

namespace Roj.EndToEnd.Members;

/// <summary>As many hosts as people have, on one network.</summary>
[Trait(LanePlan.Trait, LanePlan.ByItself)] // sixty nodes take what two cores have, and must answer probes
public class CrowdTests
{
    // Limits for machines that do other things too; bench/membership has the figures.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Length =
        TimeSpan.FromSeconds(Environment.GetEnvironmentVariable(ScenarioCatalog.AllVariable) == "1" ? 600 : 18);

    [Fact]
    public Task Thirty_hosts_see_each_other() => Lab.RunAsync(30, "members-30", async lab =>
    {
        MemberNode[] nodes = [.. lab.Hosts.Select(host => new MemberNode(host))];
        Console.WriteLine($"members-{nodes.Length}  met {(await Meeting.StartAsync(nodes, Patience)).TotalSeconds:F2} s");
        await Meeting.AgreeAsync(nodes);
    });

    [Fact]
    public Task Sixty_hosts_see_each_other_and_deaths_but_nobody_dies_of_loss() => Lab.RunAsync(60, "members-60", async lab =>
    {
        MemberNode[] nodes = [.. lab.Hosts.Select(host => new MemberNode(host))];
        Console.WriteLine($"members-{nodes.Length}  met {(await Meeting.StartAsync(nodes, Patience)).TotalSeconds:F2} s");
        await Meeting.AgreeAsync(nodes);

        for (var i = 0; i < 2; i++)
        {
            var death = await Death.OfAsync(nodes[i], nodes, Patience);
            Assert.Equal(nodes.Length - 1, death.Known.Count);
            Console.WriteLine($"members-60  death known {death.First.TotalSeconds:F2}-{death.Last.TotalSeconds:F2} s");
            nodes[i].Start();
            await Watch.UntilAsync(nodes, [nodes[i]], "alive", Patience);
        }

        await Meeting.AgreeAsync(nodes);
        var seed = Seed.FromEnvironmentOrRandom();
        var trial = new PauseTrial(lab, nodes, seed);
        await trial.RunAsync(Length, lossPercent: 5, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
        var back = trial.Returns.Max();
        Console.WriteLine($"members-60  seed {seed}  {trial.Returns.Count} pauses  back within {back.TotalSeconds:F2} s");
        Assert.NotEqual(0, trial.Deaths); // who stands still is noticed, also under loss
        Assert.InRange(back, TimeSpan.Zero, TimeSpan.FromSeconds(10)); // two seconds are claimed
        Assert.True(trial.Wrongs.Count == 0, $"seed {seed}: {string.Join("; ", trial.Wrongs)}");
        await Meeting.AgreeAsync(nodes);
    });
}
