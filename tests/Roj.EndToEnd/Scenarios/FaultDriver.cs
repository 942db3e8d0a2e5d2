using System.Diagnostics;
using Roj.Kernel;

namespace Roj.EndToEnd;

/// <summary>Restarts nodes, or kills them, for as long as the plan says. When it returns, all are up.</summary>
internal sealed class FaultDriver(Plan plan, IReadOnlyList<ScenarioNode> nodes)
{
    private readonly Rng rng = new(plan.FaultSeed);
    private readonly Stopwatch clock = Stopwatch.StartNew();

    /// <summary>How many times a node was ended.</summary>
    public int Count { get; private set; }

    /// <summary>Goes on for the plan's time, even if all nodes are right long before: they must also stay right.</summary>
    public Task RunAsync(CancellationToken stop) => plan.Scenario.Faults switch
    {
        Faults.Restarts(var every, var allEvery) => RestartAsync(every, allEvery, stop),
        Faults.Epochs(var length) => RunEpochsAsync(length, stop),
        _ => Task.CompletedTask,
    };

    private async Task RestartAsync(TimeSpan every, TimeSpan? allEvery, CancellationToken stop)
    {
        var allAt = allEvery ?? TimeSpan.MaxValue;
        for (var nextAt = every; nextAt < plan.FaultsFor; nextAt += every)
        {
            await WaitUntilAsync(nextAt, stop).ConfigureAwait(false);
            if (clock.Elapsed >= allAt)
            {
                allAt += allEvery!.Value;
                await Task.WhenAll(nodes.Select(RestartAsync)).ConfigureAwait(false);
            }
            else
            {
                await RestartAsync(rng.Pick(nodes)).ConfigureAwait(false);
            }
        }
    }

    private async Task RestartAsync(ScenarioNode node)
    {
        Count++;
        await node.TerminateAsync().ConfigureAwait(false);
        node.Start();
    }

    private async Task RunEpochsAsync(TimeSpan length, CancellationToken stop)
    {
        var order = nodes.ToArray();
        for (var nextAt = length; nextAt < plan.FaultsFor; nextAt += length)
        {
            await WaitUntilAsync(nextAt, stop).ConfigureAwait(false);
            Count += nodes.Count(node => node.Running is not null);
            await Task.WhenAll(nodes.Select(node => node.KillAsync())).ConfigureAwait(false);
            rng.Shuffle(order.AsSpan());
            foreach (var node in order[..(order.Length / 2)])
                node.Start();
        }

        await WaitUntilAsync(plan.FaultsFor, stop).ConfigureAwait(false);
        foreach (var node in nodes.Where(node => node.Running is null))
            node.Start();
    }

    // Late is fine: a loaded machine gives fewer faults, not faults in bursts, since each one waits for the last.
    private async Task WaitUntilAsync(TimeSpan at, CancellationToken stop)
    {
        if (at - clock.Elapsed is var left && left > TimeSpan.Zero)
            await Task.Delay(left, stop).ConfigureAwait(false);
    }
}
