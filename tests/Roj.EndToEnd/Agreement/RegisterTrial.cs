using System.Globalization;
using Roj.Kernel;

namespace Roj.EndToEnd.Agreement;

/// <summary>Five nodes under load that are harmed, and what the load was told then: nothing acknowledged is lost, and every history has an
/// order.</summary>
/// <param name="name">For logs, and the line that is printed.</param>
/// <param name="draw">What is done to them, from a seed and a length.</param>
internal sealed class RegisterTrial(string name, Func<ulong, TimeSpan, IReadOnlyList<HarmPlan>> draw)
{
    private const int NodesCount = 5;
    private const int ClientsCount = 10;

    // Changes that nobody waits for any more end within this: 5 s is a node's own limit.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(6);

    /// <summary>The cluster's key; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>Runs it.</summary>
    /// <param name="length">How long nodes are harmed.</param>
    public Task RunAsync(TimeSpan length)
    {
        var seed = Seed.FromEnvironmentOrRandom();
        return Lab.RunAsync(NodesCount, name, async lab =>
        {
            try
            {
                using var quorum = new Quorum(lab.Hosts, name, Key);
                await RunAsync(lab, quorum, seed, length).ConfigureAwait(false);
            }
            catch
            {
                Console.WriteLine($"{name} failed: again with {Seed.Variable}={seed}");
                throw;
            }
        });
    }

    private async Task RunAsync(Lab lab, Quorum quorum, ulong seed, TimeSpan length)
    {
        var rng = new Rng(seed);
        var plan = new LoadPlan(texts: (int)length.TotalSeconds + 10);
        var book = new LoadBook();
        await quorum.StartAsync().ConfigureAwait(false);
        var first = new LoadClient("first", quorum, plan, book, rng.Fork());
        foreach (var deed in plan.Beginnings())
            await first.DoAsync(deed).ConfigureAwait(false);
        await first.HangUpAsync().ConfigureAwait(false);

        var driver = new HarmDriver(lab, quorum, draw(seed, length));
        using var stop = new CancellationTokenSource();
        Task[] clients =
        [
            .. Enumerable.Range(0, ClientsCount)
                .Select(number => new LoadClient(string.Create(CultureInfo.InvariantCulture, $"c{number}"), quorum, plan, book, rng.Fork()))
                .Select(client => Task.Run(() => client.RunAsync(stop.Token))),
        ];
        try
        {
            await driver.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(clients).ConfigureAwait(false);
        }

        await Task.Delay(Aftermath).ConfigureAwait(false);
        await quorum.AnswerAsync(quorum.Nodes).ConfigureAwait(false);
        var last = await LastReadings.TakeAsync(quorum, book).ConfigureAwait(false);
        Console.WriteLine($"{name}  seed {seed}  {new RegisterFigures(book.Operations, driver)}");
        RegisterJudge.Judge(book.Operations, last, Path.Combine(Repository.Artifacts, "lab", name));
        if (driver.Fallen.FirstOrDefault() is { } fallen)
            throw new LabException($"{fallen.Name} ended by itself with exit code {fallen.Process.ExitCode}");
    }
}
