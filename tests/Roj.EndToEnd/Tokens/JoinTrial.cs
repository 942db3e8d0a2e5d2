using Roj.EndToEnd.Members;

namespace Roj.EndToEnd.Tokens;

/// <summary>Two rings of three, each with a token of its own, meet: one token is left, and it is the one that was further.</summary>
/// <param name="name">For the cluster.</param>
internal sealed class JoinTrial(string name) : ClusterTrial(name, 6)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    // What may pass from when the two holders know of each other: one heartbeat, and its delivery on a machine where others work too.
    private static readonly TimeSpan OneLimit = TimeSpan.FromSeconds(0.5) + TimeSpan.FromSeconds(0.5);

    /// <inheritdoc/>
    protected override async Task RunAsync(Lab lab, LabHost[] own)
    {
        var (here, there) = (own[..3], own[3..]);
        lab.Part(here, there, isCut: true);
        TokenNode[] nodes =
            [.. own.Select(host => new TokenNode(host) { Words = ["--cluster", Name, "--tokens", "pi=pi:200000:2:50ms"] })];
        foreach (var node in nodes[..3])
            node.Start();
        await Task.Delay(TimeSpan.FromSeconds(3)); // the first ring is further
        foreach (var node in nodes[3..])
            node.Start();
        await UntilAsync(nodes, sights => Rings(sights) is (true, true), "two rings turn");
        var before = await SightsAsync(nodes);
        var (mine, its) = (before[..3].Max(one => one!.Progress), before[3..].Max(one => one!.Progress));
        Must(mine > its, $"the first ring is at {mine}, the second at {its}");

        lab.Part(here, there, isCut: false);
        await UntilAsync(nodes, sights => sights.All(one => one is { Progress: var progress } && progress >= mine)
            && sights.Select(one => one!.Epoch).Distinct().Count() == 1 && Turning(sights) <= 1, "one token");
        foreach (var node in nodes)
            node.Look();
        var met = nodes[3..].Max(node => nodes[..3].Max(other => node.Met.GetValueOrDefault(other.Name, DateTimeOffset.MaxValue)));
        var lost = Destroyed(nodes);
        var dropped = nodes.SelectMany(node => node.News).Count(one => one.Kind == "token.dropped");
        Took("one token after all saw all", lost.Length == 0 || lost.Max() < met ? default : lost.Max() - met, OneLimit);
        Must(lost.Length == 0 || dropped > 0, "nobody says what was dropped");
        Count($"{lost.Length} tokens destroyed, {dropped} times said what was dropped");

        // It stays one, and goes round all six.
        var turns = (await SightsAsync(nodes)).Select(one => one!.Turns).ToArray();
        await UntilAsync(nodes, sights => sights.Zip(turns).All(one => one.First?.Turns > one.Second + 1), "all six have turns");
        foreach (var node in nodes)
            node.Look();
        Must(Destroyed(nodes).Length == lost.Length, "a token was destroyed later");
    }

    private static DateTimeOffset[] Destroyed(TokenNode[] nodes) =>
    [
        .. nodes.SelectMany(node => node.News).Where(one => one.Kind == "token.lost")
            .Where(one => one.Message.Contains("a stronger token", StringComparison.Ordinal)).Select(one => one.At),
    ];

    private static (bool, bool) Rings(TokenSight?[] sights) => (IsRing(sights[..3]), IsRing(sights[3..]));

    private static bool IsRing(TokenSight?[] sights) =>
        sights.All(one => one is { Turns: > 2 }) && sights.Select(one => one!.Epoch).Distinct().Count() == 1;

    private static int Turning(TokenSight?[] sights) => sights.Count(one => one is { State: "owner" or "passing" });

    private static Task<TokenSight?[]> SightsAsync(TokenNode[] nodes) => Task.WhenAll(nodes.Select(node => node.TryTokenAsync("pi")));

    private async Task UntilAsync(TokenNode[] nodes, Func<TokenSight?[], bool> condition, string what)
    {
        var end = Watch.Now + Patience;
        for (var sights = await SightsAsync(nodes); !condition(sights); sights = await SightsAsync(nodes))
        {
            if (Watch.Now > end)
                throw new LabException($"{Name}: not within {Patience.TotalSeconds} s: {what}; {string.Join("; ", (object?[])sights)}");
            await Task.Delay(20);
        }
    }
}
