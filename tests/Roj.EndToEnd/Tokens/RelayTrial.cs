using Roj.EndToEnd.Members;
using Roj.Kernel;

namespace Roj.EndToEnd.Tokens;

/// <summary>A computation that outlives its machines: π, handed on from node to node, while one of them is killed every two seconds, the
/// holder stands still, and the network splits and heals.</summary>
/// <param name="name">For the cluster.</param>
/// <param name="hosts">How many nodes.</param>
/// <param name="words">What nodes are told besides.</param>
internal sealed class RelayTrial(string name, int hosts, IReadOnlyList<string> words) : ClusterTrial(name, hosts)
{
    private const int Digits = 10_000;

    private static readonly TimeSpan DoneLimit = TimeSpan.FromMinutes(7);
    private static readonly TimeSpan QuietLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(30);

    private int kills;
    private int pauses;
    private int splits;

    /// <inheritdoc/>
    protected override async Task RunAsync(Lab lab, LabHost[] own)
    {
        var seed = Seed.FromEnvironmentOrRandom();
        var rng = new Rng(seed);
        TokenNode[] nodes =
        [
            .. own.Select(host => new TokenNode(host)
            {
                Words = ["--cluster", Name, "--tokens", $"pi=pi:{Digits}:3:150ms", .. words],
            }),
        ];
        try
        {
            await RunAsync(lab, own, nodes, rng);
        }
        catch (LabException)
        {
            Console.WriteLine($"{Name} failed: again with {Seed.Variable}={seed}");
            foreach (var node in nodes)
                Console.WriteLine($"{Name} {node.Name} ({node.Id})\n{await LogOfAsync(node)}");
            throw;
        }
    }

    private async Task RunAsync(Lab lab, LabHost[] own, TokenNode[] nodes, Rng rng)
    {
        foreach (var node in nodes)
            node.Start();
        var begun = Watch.Now;
        for (var round = 1; !await IsDoneAsync(nodes); round++)
        {
            if (Watch.Now - begun > DoneLimit)
                throw new LabException($"{Name}: not {Digits} decimals after {DoneLimit.TotalSeconds} s: {await SaidAsync(nodes)}");
            if (round % 8 == 0)
                await SplitAsync(lab, own, rng);
            else if (round % 4 == 0)
                await PauseAsync(nodes);
            else
                await KillAsync(nodes[rng.Next(nodes.Length)]);
        }

        Took($"{Digits} decimals through {kills} kills, {pauses} pauses, {splits} splits", Watch.Now - begun, DoneLimit);
        var quiet = Watch.Now;
        await UntilAsync(nodes, IsOneAsync, QuietLimit, "one token goes round");
        Took("one token", Watch.Now - quiet, QuietLimit);
        await UntilAsync(nodes, HaveHadTurnsAsync, TurnLimit, "each has had a turn");
        var expected = Machin.Pi(Digits);
        foreach (var node in nodes)
        {
            // Of whoever had his last turn before the end the result is not the last one yet.
            var result = await node.AnswerAsync(QuietLimit, "token", "result", "pi");
            for (var end = Watch.Now + TurnLimit; result.Length < expected.Length && Watch.Now < end;)
            {
                Must(expected.StartsWith(result[..^1], StringComparison.Ordinal), $"{node.Name} has other digits");
                await Task.Delay(200);
                result = await node.AnswerAsync(QuietLimit, "token", "result", "pi");
            }

            Must(result == expected, $"{node.Name} has other digits");
        }
    }

    private async Task KillAsync(TokenNode node)
    {
        await node.Process.KillAsync();
        kills++;
        await Task.Delay(TimeSpan.FromSeconds(1));
        node.Start();
        await Task.Delay(TimeSpan.FromSeconds(1));
    }

    private async Task PauseAsync(TokenNode[] nodes)
    {
        foreach (var node in nodes)
        {
            if (await node.TryTokenAsync("pi") is not { State: "owner" })
                continue;
            node.Process.Pause();
            pauses++;
            await Task.Delay(TimeSpan.FromSeconds(4));
            node.Process.Continue();
            return;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(200)); // nobody had it at that moment
    }

    private async Task SplitAsync(Lab lab, LabHost[] own, Rng rng)
    {
        var first = rng.Next(own.Length);
        LabHost[] here = [.. Enumerable.Range(first, own.Length / 2).Select(number => own[number % own.Length])];
        LabHost[] there = [.. own.Except(here)];
        lab.Part(here, there, isCut: true);
        splits++;
        await Task.Delay(TimeSpan.FromSeconds(8));
        lab.Part(here, there, isCut: false);
    }

    private static async Task<bool> IsDoneAsync(TokenNode[] nodes)
    {
        foreach (var node in nodes)
        {
            if (await node.TryTokenAsync("pi") is { Progress: >= Digits })
                return true;
        }

        return false;
    }

    private static async Task<bool> HaveHadTurnsAsync(TokenNode[] nodes) =>
        (await Task.WhenAll(nodes.Select(node => node.TryTokenAsync("pi")))).All(sight => sight?.Turns > 0);

    private static async Task<bool> IsOneAsync(TokenNode[] nodes)
    {
        var sights = await Task.WhenAll(nodes.Select(node => node.TryTokenAsync("pi")));
        return sights.All(sight => sight is { Progress: >= Digits }) && sights.Select(sight => sight!.Epoch).Distinct().Count() == 1
            && sights.Count(sight => sight!.State is "owner" or "passing") <= 1;
    }

    private async Task UntilAsync(TokenNode[] nodes, Func<TokenNode[], Task<bool>> condition, TimeSpan limit, string what)
    {
        for (var end = Watch.Now + limit; !await condition(nodes); await Task.Delay(50))
        {
            if (Watch.Now > end)
                throw new LabException($"{Name}: not within {limit.TotalSeconds} s: {what}; {await SaidAsync(nodes)}");
        }
    }

    private static async Task<string> SaidAsync(TokenNode[] nodes) => string.Join(
        "; ", await Task.WhenAll(nodes.Select(async node => $"{node.Name}: " + await node.TryTokenAsync("pi"))));

    private static async Task<string> LogOfAsync(TokenNode node)
    {
        try
        {
            return await node.LogAsync("pi");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or LabException)
        {
            return e.Message;
        }
    }
}
