using System.Diagnostics;
using System.Globalization;
using Roj.Kernel;

namespace Roj.EndToEnd;

/// <summary>Runs one scenario with one seed, from the hosts to the verdict.</summary>
internal sealed class ScenarioRunner
{
    // A younger program may be asked to end before it can have installed its handler; then SIGTERM itself ends it.
    private static readonly TimeSpan AgeOfAHandler = TimeSpan.FromSeconds(1);

    // The goal is 100 ms; the report has the measured one. Two cores shared by sixty nodes need more patience than that.
    private static readonly TimeSpan TerminationMax = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    // The kernel walks its whole table of connections, of all namespaces, to list those of one: a look may not do that sixty times.
    private const int SamplesPerLook = 4;

    private readonly Plan plan;
    private readonly IReadOnlyList<ScenarioNode> nodes;
    private readonly Stopwatch clock = new();
    private DateTime begun;
    private int nextToSample;

    private ScenarioRunner(Plan plan, Lab lab, string program)
    {
        this.plan = plan;
        nodes = [.. plan.Nodes.Select((node, i) => new ScenarioNode(lab.Hosts[i], node, plan.File, program))];
    }

    /// <summary>Runs <paramref name="scenario"/> as <paramref name="seed"/> has it, and prints what it cost.</summary>
    /// <exception cref="LabException">The program failed; the message says how, and how to run it again.</exception>
    public static async Task RunAsync(Scenario scenario, ulong seed)
    {
        var program = Repository.Program();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scenario.Name} with seed {seed}"));
        var plan = PlanGenerator.Draw(scenario, seed);
        try
        {
            await Lab.RunAsync([.. plan.Nodes.Select(node => node.Number)], scenario.Name, async lab =>
                Console.WriteLine(await new ScenarioRunner(plan, lab, program).RunAsync().ConfigureAwait(false))).ConfigureAwait(false);
        }
        catch (LabException broken)
        {
            var again = string.Create(CultureInfo.InvariantCulture, $"Roj.EndToEnd scenario {scenario.Name} {seed}");
            throw new LabException($"{scenario.Name}: {broken.Message}\nAgain with: {again}");
        }
    }

    private async Task<ScenarioReport> RunAsync()
    {
        clock.Start();
        begun = DateTime.UtcNow;
        foreach (var node in nodes)
            node.Start();
        var driver = new FaultDriver(plan, nodes);
        using var stop = new CancellationTokenSource();
        var faults = driver.RunAsync(stop.Token);
        TimeSpan done;
        try
        {
            done = await WatchAsync(faults).ConfigureAwait(false);
        }
        finally
        {
            // Before the lab is taken down, even on failure: nobody may start programs in it then.
            await stop.CancelAsync().ConfigureAwait(false);
            await faults.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var settled = clock.Elapsed;
        await EndAllAsync().ConfigureAwait(false);
        Compare();
        return Report(done, settled, driver.Count);
    }

    /// <summary>Until all files are right, with all nodes up and the faults over.</summary>
    /// <returns>When all were right for the first time.</returns>
    private async Task<TimeSpan> WatchAsync(Task faults)
    {
        TimeSpan? done = null;
        while (true)
        {
            Look();
            var faultsAreOver = faults.IsCompleted; // asked first: what is right after that is right with all nodes up
            if (faults.IsFaulted)
                await faults.ConfigureAwait(false);
            var allAreRight = nodes.All(node => node.Judge.IsRight());
            // When the last byte was written, and not when we had read all files: sixty take a second.
            if (allAreRight)
                done ??= nodes.Max(node => node.Judge.RightSince) - begun;
            if (allAreRight && faultsAreOver)
                return done!.Value;
            if (clock.Elapsed > plan.Scenario.Limit)
                throw new LabException(Lacking());
            await Task.Delay(BetweenLooks).ConfigureAwait(false);
        }
    }

    private void Look()
    {
        for (var i = 0; i < SamplesPerLook; i++)
            nodes[nextToSample++ % nodes.Count].Sample();
        foreach (var node in nodes)
        {
            if (node.Host.Processes.FirstOrDefault(process => process.EndedByItself) is { } deserter)
                throw new LabException($"the program at {node.Host.Address} ended by itself with exit code {deserter.ExitCode}");
            if (node.ConnectionsMax > plan.Scenario.ConnectionsMax)
                throw new LabException($"{node.Host.Address} has {node.ConnectionsMax} connections: sockets are scarce");
        }
    }

    // Half is asked to end and half is killed: neither may cost a byte.
    private async Task EndAllAsync()
    {
        var order = nodes.ToArray();
        new Rng(plan.FaultSeed).Shuffle(order.AsSpan());
        await Task.WhenAll(order.Select((node, i) => i % 2 == 0 ? node.TerminateAsync() : node.KillAsync())).ConfigureAwait(false);
        foreach (var node in nodes)
        {
            foreach (var end in node.Terminations)
                Check(node, end);
        }
    }

    private static void Check(ScenarioNode node, Termination end)
    {
        var diedOfIt = end.ExitCode == 128 + Native.SigTerm && end.Age < AgeOfAHandler;
        if (end.Forced || end.Took > TerminationMax)
            throw new LabException($"{node.Host.Address} took {end.Took.TotalMilliseconds:F0} ms to end after SIGTERM");
        if (end.ExitCode != 0 && !diedOfIt)
            throw new LabException($"{node.Host.Address} ended with exit code {end.ExitCode} after SIGTERM");
    }

    private void Compare()
    {
        foreach (var node in nodes)
        {
            if (node.Judge.Difference() is { } difference)
                throw new LabException($"with all nodes ended, the data file of {node.Host.Address} {difference}");
        }
    }

    private string Lacking()
    {
        var lacking = nodes.Where(node => !node.Judge.IsRight()).ToArray();
        var each = lacking.Select(node => $"\n  {node.Host.Address} {node.Judge.Difference() ?? "is right by now"}");
        return $"after {plan.Scenario.Limit.TotalSeconds} s {lacking.Length} of {nodes.Count} nodes lack the file:{string.Concat(each)}";
    }

    private ScenarioReport Report(TimeSpan done, TimeSpan settled, int faults)
    {
        var usages = nodes.SelectMany(node => node.Host.Processes).Select(process => process.Usage).ToArray();
        return new ScenarioReport(
            plan,
            done,
            settled,
            faults,
            usages.Max(usage => usage.PeakRssBytes),
            nodes.Max(node => node.ConnectionsMax),
            TimeSpan.FromTicks(usages.Sum(usage => usage.Cpu.Ticks)),
            nodes.Sum(node => node.Host.Traffic().SentBytes),
            nodes.SelectMany(node => node.Terminations).Select(end => (TimeSpan?)end.Took).Max());
    }
}
