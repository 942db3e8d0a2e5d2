using System.Globalization;
using System.Text.Json;
using Roj.EndToEnd.Members;
using Roj.Kernel;
using Roj.Simulation.Histories;

namespace Roj.EndToEnd.Storage;

/// <summary>Nodes that decide by majority, and programs that use their store meanwhile: each node is killed, one stands still, some are cut
/// off, one is wiped. Every key's history has an order, nothing acknowledged is lost, and no client is long without an answer.</summary>
/// <param name="name">For the cluster.</param>
/// <param name="hosts">How many nodes.</param>
/// <param name="rounds">How often all of that is done.</param>
internal sealed class QuorumStoreTrial(string name, int hosts, int rounds) : ClusterTrial(name, hosts)
{
    private const int Clients = 6;

    /// <summary>So long a client may go from node to node: a majority hears each other all the time. It asks one that stands still for 3 s,
    /// and then one that waits 2 s for the one that stands still; and others use this machine.</summary>
    private static readonly TimeSpan RetryBudget = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan WipedLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan second = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task RunAsync(Lab lab, LabHost[] own)
    {
        var seed = Seed.FromEnvironmentOrRandom();
        var rng = new Rng(seed);
        var disk = Path.Combine(Repository.Artifacts, "lab-disk", Name);
        if (Directory.Exists(disk))
            Directory.Delete(disk, recursive: true);
        StoreNode[] nodes = [.. own.Select(host => new StoreNode(host, Name, 0) { DataPath = Path.Combine(disk, host.Address) })];
        try
        {
            await RunAsync(lab, own, nodes, rng);
        }
        catch
        {
            Console.WriteLine($"{Name} failed: again with {Seed.Variable}={seed}");
            throw;
        }

        foreach (var node in nodes)
            await node.Process.KillAsync();
        Directory.Delete(disk, recursive: true);
    }

    private async Task RunAsync(Lab lab, LabHost[] own, StoreNode[] nodes, Rng rng)
    {
        foreach (var node in nodes)
            Start(node);
        var begun = Watch.Now;
        string[] places = [.. own.Select(host => host.Address)];
        await AnswerAsync(nodes, ReadyLimit);
        Took("ready", Watch.Now - begun, ReadyLimit);
        RedisDoors Doors() => new(places, StoreNode.Port);
        var (plan, book) = (new KeyPlan(), new KeyBook());
        await using var scanner = new KeyScanner(Doors(), rng.Fork());
        await scanner.WriteAsync();
        KeyClient[] clients =
        [
            .. Enumerable.Range(0, Clients).Select(i =>
                new KeyClient(string.Create(CultureInfo.InvariantCulture, $"c{i}"), Doors(), plan, book, rng.Fork())),
        ];
        using var stop = new CancellationTokenSource();
        Task[] running =
        [
            Task.Run(() => scanner.RunAsync(stop.Token)), .. clients.Select(client => Task.Run(() => client.RunAsync(stop.Token))),
        ];
        try
        {
            await Task.Delay(second);
            for (var round = 0; round < rounds; round++)
                await HarmAsync(lab, own, nodes, rng);
            await Task.Delay(second);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running);
        }

        await AnswerAsync(nodes, ReadyLimit);
        await ReadAllAsync(clients[0], nodes.Length, book);
        Tell(book.Operations, clients, scanner);
        KeyJudge.Judge(book.Operations, Path.Combine(Repository.Artifacts, "lab", Name));
        Must(clients.Max(client => client.LongestWait) < RetryBudget, $"{Name}: a client was without an answer for longer than it may be");
        foreach (var client in clients)
            await client.DisposeAsync();
        foreach (var node in nodes)
            Must(!node.Process.EndedByItself, $"{node.Name} ended by itself with exit code {node.Process.ExitCode}");
    }

    private async Task HarmAsync(Lab lab, LabHost[] own, StoreNode[] nodes, Rng rng)
    {
        foreach (var node in nodes)
        {
            await node.Process.KillAsync();
            await Task.Delay(rng.Next(second / 5, 2 * second));
            var start = Watch.Now;
            Start(node);
            await AnswerAsync([node], ReadyLimit);
            Took("killed, answers", Watch.Now - start, ReadyLimit);
        }

        var still = rng.Pick(nodes);
        still.Process.Pause();
        await Task.Delay(rng.Next(second, 4 * second));
        still.Process.Continue();
        await AnswerAsync([still], ReadyLimit);

        LabHost[] here = [rng.Pick(own)]; // of two some slots would have their majority there, and others theirs elsewhere
        LabHost[] there = [.. own.Except(here)];
        lab.Part(here, there, isCut: true);
        await Task.Delay(rng.Next(2 * second, 6 * second));
        lab.Part(here, there, isCut: false);
        var healed = Watch.Now;
        await AnswerAsync(nodes, ReadyLimit);
        Took("healed, all answer", Watch.Now - healed, ReadyLimit);
        Took("wiped, has its share", await WipeAsync(nodes, rng.Pick(nodes)), WipedLimit);
    }

    // It comes back as another, which is given the seat of the one that it was.
    private async Task<TimeSpan> WipeAsync(StoreNode[] nodes, StoreNode node)
    {
        var id = IdOf(node);
        await node.Process.KillAsync();
        Directory.Delete(node.DataPath, recursive: true);
        var start = Watch.Now;
        Start(node);
        var witness = nodes.First(other => other != node);
        for (var isDead = false; !isDead; await Task.Delay(200))
        {
            var (_, text) = await witness.HttpAsync(HttpMethod.Get, $"/api/v1/members/{id}");
            isDead = text.Contains("\"dead\"", StringComparison.Ordinal);
            Must(Watch.Now - start < ReadyLimit, $"{Name}: who was wiped is not dead");
        }

        await witness.AnswerAsync(ReadyLimit, "evict", id);
        for (var times = 0; times < 2; await Task.Delay(300))
        {
            times = await HasShareAsync(witness, id) ? times + 1 : 0;
            Must(Watch.Now - start < WipedLimit, $"{Name}: who was wiped does not get his share");
        }

        await AnswerAsync(nodes, ReadyLimit);
        return Watch.Now - start;
    }

    private static string IdOf(StoreNode node) => File.ReadAllText(Path.Combine(node.DataPath, "id")).Trim();

    // Whether every slot has three again who keep it, none of them the one who is gone. Of slots that are others' a node knows what it
    // heard when it last had to do with them: so it lists all keys first.
    private static async Task<bool> HasShareAsync(StoreNode witness, string gone)
    {
        for (var next = "0"; ;)
        {
            var (status, page) = await witness.HttpAsync(HttpMethod.Get, $"/api/v1/store/keys?count=1000&cursor={next}");
            if (status != 200)
                return false;
            using var keys = JsonDocument.Parse(page);
            next = keys.RootElement.GetProperty("next").GetString()!;
            if (next == "0")
                break;
        }

        var (_, text) = await witness.HttpAsync(HttpMethod.Get, "/api/v1/store");
        using var json = JsonDocument.Parse(text);
        var store = json.RootElement;
        return store.GetProperty("copies").GetInt32() == 3 && store.GetProperty("slotsMoving").GetInt32() == 0
            && store.GetProperty("nodes").EnumerateArray().All(node => node.GetProperty("id").GetString() != gone);
    }

    private void Start(StoreNode node) => node.Start("--expect", Hosts.ToString(CultureInfo.InvariantCulture));

    private async Task AnswerAsync(IEnumerable<StoreNode> nodes, TimeSpan limit)
    {
        var end = Watch.Now + limit;
        foreach (var node in nodes)
        {
            using var client = new KvClient(node.Name, StoreNode.Port);
            while (await client.SetAsync("ready", node.Name) is not true)
            {
                Must(Watch.Now < end, $"{Name}: {node.Name} keeps nothing");
                await Task.Delay(50);
            }
        }
    }

    private static async Task ReadAllAsync(KeyClient client, int nodes, KeyBook book)
    {
        string[] keys = [.. book.Operations.Select(operation => operation.Register).Distinct().Order(StringComparer.Ordinal)];
        for (var node = 0; node < nodes; node++)
        {
            foreach (var some in keys.Chunk(200))
                await Task.WhenAll(some.Select(key => client.ReadAsync(node, key)));
        }
    }

    private void Tell(IReadOnlyList<Operation> all, KeyClient[] clients, KeyScanner scanner)
    {
        int Ended(Outcome how) => all.Count(one => one.Outcome == how);
        Count(string.Create(
            CultureInfo.InvariantCulture,
            $"{Ended(Outcome.Yes)} acknowledged, {Ended(Outcome.Unknown)} unknown, {Ended(Outcome.No)} refused; "
                + $"{scanner.Rounds} scans, at another node {scanner.Changes} times; "
                + $"longest without an answer {clients.Max(client => client.LongestWait).TotalSeconds:F2} s"));
    }
}
