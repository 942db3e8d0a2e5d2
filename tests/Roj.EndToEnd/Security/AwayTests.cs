using Roj.EndToEnd.Members;
using Xunit;

namespace Roj.EndToEnd.Security;

/// <summary>Nodes that were not there when the key was changed.</summary>
public class AwayTests
{
    private static readonly TimeSpan Patience = ClosedNodes.Patience;

    [Fact]
    public Task Who_was_dead_or_stood_still_during_a_rotation_comes_back_with_the_old_key_and_is_told_the_new() =>
        Lab.RunAsync(5, "away", async lab =>
        {
            var nodes = ClosedNodes.Of(lab.Hosts, ClosedNodes.NewKey());
            await Meeting.StartAsync(nodes, Patience);
            var (first, _) = await ClosedNodes.RotateAsync(nodes[2]); // so that each has a ring on disk that will be too old
            var (here, killed, still) = (nodes[..3], nodes[3], nodes[4]);
            Assert.Equal(first, (await ClosedNodes.KeysAsync(killed))[0]);

            await killed.Process.KillAsync();
            still.Process.Pause();
            await Watch.UntilAsync(here, [killed, still], "dead", Patience);
            var (key, missed) = await ClosedNodes.RotateAsync(here[0]);
            Assert.NotEqual(first, key);
            Assert.Empty(missed); // of those that were there
            foreach (var node in here)
                Assert.Equal(key, (await ClosedNodes.KeysAsync(node))[0]);

            killed.Start();
            still.Process.Continue();
            var back = Watch.Now;
            await Watch.UntilAsync(here, nodes, "alive", Patience);
            await Watch.UntilAsync([killed, still], nodes, "alive", Patience);
            var seen = Watch.Now - back;
            await ClosedNodes.SpeaksAsync(killed, key);
            await ClosedNodes.SpeaksAsync(still, key);
            Console.WriteLine($"away: members after {seen.TotalSeconds:F1} s, told the key within {(Watch.Now - back).TotalSeconds:F1} s");
            foreach (var node in nodes)
                Assert.Equal(2, (await ClosedNodes.KeysAsync(node)).Count(one => one == key || one == first));
        });

    [Fact]
    public Task Who_stands_still_while_it_is_told_holds_nobody_up_and_is_told_later() => Lab.RunAsync(3, "away-not-yet-dead", async lab =>
    {
        var nodes = ClosedNodes.Of(lab.Hosts, ClosedNodes.NewKey());
        await Meeting.StartAsync(nodes, Patience);
        nodes[2].Process.Pause(); // a member still, as far as anybody knows
        var rotating = ClosedNodes.RotateAsync(nodes[0]);
        string[] keys = [];
        await Poll.UntilAsync(
            () => (keys = [.. nodes[..2].Select(node => File.Exists(Ring(node)) ? File.ReadAllLines(Ring(node))[1] : "")])
                is [{ Length: > 0 } one, var other] && one == other,
            Patience,
            "the two that run have the new key");
        nodes[2].Process.Continue();
        var (key, _) = await rotating;
        await ClosedNodes.SpeaksAsync(nodes[2], key);
        await Watch.UntilAsync(nodes, nodes, "alive", Patience);
    });

    private static string Ring(MemberNode node) => Path.Combine(node.DataPath, "keyring");
}
