using System.Diagnostics;
using Roj.EndToEnd.Members;
using Roj.Kernel;

namespace Roj.EndToEnd.Agreement;

/// <summary>Carries a plan out. When it returns, all nodes are up and hear each other.</summary>
/// <remarks>Only it starts and ends nodes. What is planned for a node that is away meets the next one that is not.</remarks>
internal sealed class HarmDriver(Lab lab, Quorum quorum, IReadOnlyList<HarmPlan> plan)
{
    private readonly IReadOnlyList<MemberNode> order = quorum.InOrder();
    private readonly PriorityQueue<Action, TimeSpan> ends = new();
    private readonly List<MemberNode> away = [];
    private readonly List<long> killsOfProposer = [];
    private readonly List<(long From, long To)> majority = [];
    private readonly Stopwatch clock = new();
    private long majoritySince;
    private bool hasMajority = true;
    private bool isSplit;
    private bool isLossy;

    /// <summary>Nodes that were killed.</summary>
    public int Kills { get; private set; }

    /// <summary>Nodes that stood still.</summary>
    public int Pauses { get; private set; }

    /// <summary>Times that the network was harmed.</summary>
    public int Cuts { get; private set; }

    /// <summary>When the node that proposes was killed while three others ran, by <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public IReadOnlyList<long> KillsOfProposer => killsOfProposer;

    /// <summary>When three nodes at least ran and heard each other, starting ones included.</summary>
    public IReadOnlyList<(long From, long To)> Majority => majority;

    /// <summary>Nodes that ended though nobody killed them.</summary>
    public IEnumerable<MemberNode> Fallen => quorum.Nodes.Where(node => node.Process.EndedByItself);

    /// <summary>Carries it out.</summary>
    /// <exception cref="LabException">A node ended by itself.</exception>
    public async Task RunAsync()
    {
        clock.Start();
        majoritySince = Stopwatch.GetTimestamp();
        foreach (var step in plan)
        {
            while (ends.TryPeek(out _, out var due) && due < step.At)
                await EndNextAsync().ConfigureAwait(false);
            await UntilAsync(step.At).ConfigureAwait(false);
            await DoAsync(step).ConfigureAwait(false);
            Count();
            if (Fallen.FirstOrDefault() is { } fallen)
                throw new LabException($"{fallen.Name} ended by itself with exit code {fallen.Process.ExitCode}");
        }

        while (ends.Count > 0)
            await EndNextAsync().ConfigureAwait(false);
        if (hasMajority)
            majority.Add((majoritySince, Stopwatch.GetTimestamp()));
    }

    private async Task DoAsync(HarmPlan step)
    {
        switch (step.Harm)
        {
            case Harm.Kill or Harm.KillProposer or Harm.KillTwo:
                foreach (var node in Victims(step).ToArray())
                    await KillAsync(node, step).ConfigureAwait(false);
                break;
            case Harm.Pause when Victims(step).FirstOrDefault() is { } node:
                Pauses++;
                away.Add(node);
                node.Process.Pause();
                Lasting(step, () =>
                {
                    node.Process.Continue();
                    away.Remove(node);
                });
                break;
            case Harm.Split or Harm.CutOneWay when !isSplit:
                Cuts++;
                isSplit = true;
                Split(step);
                Lasting(step, () =>
                {
                    lab.Heal();
                    isSplit = false;
                });
                break;
            case Harm.Loss when !isLossy:
                Cuts++;
                isLossy = true;
                lab.LoseEverywhere(5 + (step.Choice % 20));
                Lasting(step, () =>
                {
                    lab.LoseEverywhere(0);
                    isLossy = false;
                });
                break;
        }
    }

    private IEnumerable<MemberNode> Victims(HarmPlan step)
    {
        var first = step.Harm is Harm.KillProposer ? 0 : step.Choice % order.Count;
        return Enumerable.Range(0, order.Count).Select(i => order[(first + i) % order.Count]).Where(node => !away.Contains(node))
            .Take(step.Harm is Harm.KillTwo ? 2 : 1);
    }

    private async Task KillAsync(MemberNode node, HarmPlan step)
    {
        var isProposer = order.First(one => !away.Contains(one)) == node;
        Kills++;
        away.Add(node);
        await node.Process.KillAsync().ConfigureAwait(false);
        if (isProposer && order.Count - away.Count >= 3)
            killsOfProposer.Add(Stopwatch.GetTimestamp());
        Lasting(step, () =>
        {
            quorum.Start(node);
            away.Remove(node);
        });
    }

    private void Split(HarmPlan step)
    {
        var rng = new Rng((ulong)step.Choice);
        var hosts = lab.Hosts.ToArray();
        rng.Shuffle(hosts.AsSpan());
        if (step.Harm is Harm.Split)
            lab.Partition(hosts[..(1 + rng.Next(hosts.Length - 1))]);
        else
            lab.CutOneWay(hosts[0], hosts[1]);
    }

    private void Lasting(HarmPlan step, Action end) => ends.Enqueue(end, clock.Elapsed + step.Length);

    private async Task EndNextAsync()
    {
        if (!ends.TryDequeue(out var end, out var due))
            return;
        await UntilAsync(due).ConfigureAwait(false);
        end();
        Count();
    }

    // Whether the network was split into halves of which one is a majority is not looked at: any split counts as none.
    private void Count()
    {
        var now = Stopwatch.GetTimestamp();
        var has = !isSplit && !isLossy && order.Count - away.Count > order.Count / 2;
        if (hasMajority && !has)
            majority.Add((majoritySince, now));
        if (!hasMajority && has)
            majoritySince = now;
        hasMajority = has;
    }

    // Late is fine: a loaded machine meets fewer faults.
    private async Task UntilAsync(TimeSpan at)
    {
        if (at - clock.Elapsed is var left && left > TimeSpan.Zero)
            await Task.Delay(left).ConfigureAwait(false);
    }
}
