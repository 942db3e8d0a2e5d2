using Xunit;

namespace Roj.Tests.Cli;

/// <summary><c>roj up --chaos</c> does each of its harms, and each time the cluster is whole again.</summary>
public sealed class UpChaosTests
{
    [Fact]
    public async Task It_kills_pauses_and_splits_and_the_cluster_is_whole_again()
    {
        using var up = new UpRun("--chaos");
        await up.SaysAsync("complete");
        foreach (var harm in (string[])["chaos.kill", "chaos.pause", "chaos.split"])
        {
            await up.SaysAsync(harm);
            await up.SaysAsync("dead"); // others saw it
            await up.SaysAsync("complete");
        }

        await up.SignalAsync("INT");
        Assert.Equal(0, await up.ExitAsync());
        Assert.True(up.IsClean);
    }

    [Fact]
    public async Task To_a_program_it_tells_what_each_wing_does()
    {
        using var up = new UpRun();
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        while (!seen.IsSupersetOf(["leader", "token", "key", "file"]))
        {
            var said = await up.SaysAsync("wing");
            seen.Add(said.GetProperty("wing").GetString()!);
            Assert.NotEqual("", said.GetProperty("message").GetString());
        }

        await up.SignalAsync("INT");
        Assert.Equal(0, await up.ExitAsync());
    }
}
