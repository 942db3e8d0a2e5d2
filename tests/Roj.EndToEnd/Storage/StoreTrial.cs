using System.Globalization;
using Roj.EndToEnd.Members;
using Roj.Kernel;
using Roj.Log;
using Roj.Node;
using Roj.Host.Disk;
using Roj.Storage;

namespace Roj.EndToEnd.Storage;

/// <summary>Nodes that keep keys while they are written: each is killed in turn, one is wiped, the network splits and heals, and the wall
/// clocks are hours apart. Nothing that was acknowledged is lost, and in the end all copies are alike.</summary>
/// <param name="name">For the cluster.</param>
/// <param name="hosts">How many nodes.</param>
internal sealed class StoreTrial(string name, int hosts) : ClusterTrial(name, hosts)
{
    private const int Writers = 4;
    private const int KeysEach = 250;

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan AlikeLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan second = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task RunAsync(Lab lab, LabHost[] own)
    {
        var seed = Seed.FromEnvironmentOrRandom();
        var rng = new Rng(seed);
        StoreNode[] nodes = [.. own.Select((host, i) => new StoreNode(host, Name, i switch { 1 => 1, 2 => -1, _ => 0 }))];
        foreach (var node in nodes)
            node.Start();
        await SettleAsync(nodes, "all nodes keep keys", ReadyLimit);
        foreach (var node in nodes)
            Must(Math.Abs(node.Ahead() - node.Hours) < 0.1, $"{node.Name}: its wall clock is {node.Ahead()} hours ahead, not {node.Hours}");
        string[] places = [.. own.Select(host => host.Address)];
        KvWriter[] writers = [.. Enumerable.Range(0, Writers).Select(i => new KvWriter(i, KeysEach, places, StoreNode.Port, rng.Fork()))];
        using var stop = new CancellationTokenSource();
        Task[] writing = [.. writers.Select(writer => Task.Run(() => writer.RunAsync(stop.Token)))];
        try
        {
            await Task.Delay(2 * second);
            foreach (var node in nodes)
                Took("killed, back", await KillAsync(nodes, node), ReadyLimit);
            Took("split, healed", await SplitAsync(lab, own, nodes, writers), ReadyLimit);
            Took("wiped, has its share", await WipeAsync(nodes, nodes[rng.Next(nodes.Length)]), AlikeLimit);
            await Task.Delay(2 * second);
        }
        catch (LabException)
        {
            Console.WriteLine($"{Name} failed: again with {Seed.Variable}={seed}");
            throw;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(writing);
        }

        var quiet = Watch.Now;
        await SettleAsync(nodes, "nothing waits for anybody", AlikeLimit);
        Took("quiet", Watch.Now - quiet, AlikeLimit);
        var reading = Watch.Now;
        await ReadAllAsync(writers, places);
        Took("read", Watch.Now - reading, AlikeLimit);
        Count(string.Create(
            CultureInfo.InvariantCulture,
            $"{writers.Sum(one => one.Acknowledged)} acknowledged, {writers.Sum(one => one.Unknown)} unknown, "
                + $"{writers.Sum(one => one.Refused)} refused; {Writers * KeysEach} keys read at each of {nodes.Length} nodes"));
        foreach (var writer in writers)
            writer.Dispose();
        await AlikeAsync(nodes);
    }

    private static string? Fault(StoreSight?[] sights, int nodes) =>
        sights.Any(sight => sight is null) ? "one does not answer"
        : sights.Select(sight => sight!.Map).Distinct().Count() > 1 ? "they follow several maps"
        : sights[0]!.Nodes.Count != nodes ? $"{sights[0]!.Nodes.Count} keep keys"
        : sights.Sum(sight => sight!.Hints) is > 0 and var hints ? $"{hints} hints wait"
        : sights.Sum(sight => sight!.SlotsToHandOn) is > 0 and var slots ? $"{slots} slots are to be handed on"
        : null;

    // Maps are told to have changed a moment after they should have: twice in a row, then.
    private async Task SettleAsync(StoreNode[] nodes, string what, TimeSpan limit)
    {
        var end = Watch.Now + limit;
        for (var times = 0; times < 2; await Task.Delay(500))
        {
            var fault = Fault(await Task.WhenAll(nodes.Select(node => node.TryStoreAsync())), nodes.Length);
            times = fault is null ? times + 1 : 0;
            Must(Watch.Now < end, $"{Name}: not within {limit.TotalSeconds} s: {what}: {fault}");
        }
    }

    private async Task<TimeSpan> KillAsync(StoreNode[] nodes, StoreNode node)
    {
        await node.Process.KillAsync();
        await Task.Delay(3 * second); // the others know
        var start = Watch.Now;
        node.Start();
        await SettleAsync(nodes, $"{node.Name} is back, and has what it missed", ReadyLimit);
        return Watch.Now - start;
    }

    // Clients write at the greater side: at the other one copy may be all there is, and whoever wrote at one may read at the other.
    private async Task<TimeSpan> SplitAsync(Lab lab, LabHost[] own, StoreNode[] nodes, KvWriter[] writers)
    {
        var few = own.Length / 2;
        LabHost[] here = [.. own.Take(few)];
        LabHost[] there = [.. own.Skip(few)];
        foreach (var writer in writers)
            writer.Uses = node => node >= few;
        await Task.Delay(second);
        lab.Part(here, there, isCut: true);
        await Task.Delay(8 * second);
        lab.Part(here, there, isCut: false);
        var start = Watch.Now;
        await SettleAsync(nodes, "the sides are one again", ReadyLimit);
        foreach (var writer in writers)
            writer.Uses = _ => true;
        return Watch.Now - start;
    }

    // It comes back as another, and the others forget the one that it was.
    private async Task<TimeSpan> WipeAsync(StoreNode[] nodes, StoreNode node)
    {
        var before = (await node.TryStoreAsync())!.Nodes;
        await node.Process.KillAsync();
        Directory.Delete(node.DataPath, recursive: true);
        await Task.Delay(3 * second);
        var start = Watch.Now;
        node.Start();
        var witness = nodes.First(other => other != node);
        string[] after = [];
        for (var end = Watch.Now + ReadyLimit; after.Length <= before.Count; await Task.Delay(500))
        {
            after = [.. (await witness.TryStoreAsync())?.Nodes ?? []];
            Must(Watch.Now < end, $"{Name}: the wiped node does not come back as another");
        }

        var id = File.ReadAllText(Path.Combine(node.DataPath, "id")).Trim();
        foreach (var other in before)
        {
            var (_, text) = await witness.HttpAsync(HttpMethod.Get, $"/api/v1/members/{other}");
            if (other != id && text.Contains("\"dead\"", StringComparison.Ordinal))
                await witness.AnswerAsync(AnswerLimit, "evict", other);
        }

        await SettleAsync(nodes, "the wiped node has its share, and the old one is forgotten", AlikeLimit);
        return Watch.Now - start;
    }

    private async Task ReadAllAsync(KvWriter[] writers, string[] places)
    {
        foreach (var place in places)
        {
            using var client = new KvClient(place, StoreNode.Port);
            foreach (var (key, may, said) in writers.SelectMany(writer => writer.Keys))
            {
                var held = await client.GetAsync(key);
                var wanted = string.Join(" or ", may.Select(value => value ?? "nothing"));
                Must(may.Contains(held), $"{Name}: at {place} {key} holds {held ?? "nothing"}, and should {wanted}, acknowledged {said}");
            }
        }
    }

    // What is on the disks, by the program's own eyes: of each key two copies, alike.
    private async Task AlikeAsync(StoreNode[] nodes)
    {
        var quiet = Watch.Now;
        var differing = "";
        while (Watch.Now - quiet < AlikeLimit)
        {
            foreach (var node in nodes)
                await node.Process.TerminateAsync();
            differing = Differing(nodes);
            if (differing.Length == 0)
            {
                Took("alike", Watch.Now - quiet, AlikeLimit);
                return;
            }

            foreach (var node in nodes)
                node.Start();
            await SettleAsync(nodes, "all nodes keep keys", ReadyLimit);
            await Task.Delay(20 * second); // until copies were compared
        }

        Must(holds: false, $"{Name}: {differing}");
    }

    private static string Differing(StoreNode[] nodes)
    {
        SortedDictionary<StorageKey, List<(string Node, Stamp Stamp, bool IsTombstone)>> all = [];
        foreach (var node in nodes)
        {
            using var disk = new LogDisk(Path.Combine(node.DataPath, "store"));
            var id = File.ReadAllText(Path.Combine(node.DataPath, "id")).Trim();
            var owner = UInt128.Parse(id, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (!DurableLog.Open(disk, new LogSettings(owner) { HashSeed = LogShelf.HashSeed }).TryGet(out var log, out var fault))
                return $"{node.Name}: {fault.Sentence}";
            var shelf = new LogShelf(log);
            for (ulong from = 0, last = 0; last < ulong.MaxValue; from = last + 1)
            {
                var walk = shelf.Walk(from, 1000);
                last = walk.Last;
                foreach (var item in walk.Items)
                {
                    if (!all.TryGetValue(item.Key, out var copies))
                        all.Add(item.Key, copies = []);
                    copies.Add((node.Name, item.Head.Stamp, item.Head.IsTombstone));
                }
            }
        }

        var wrong = all.Where(one => one.Value.Count != 2 || one.Value[0].Stamp != one.Value[1].Stamp
            || one.Value[0].IsTombstone != one.Value[1].IsTombstone).ToArray();
        return wrong.Length == 0 ? "" : $"{wrong.Length} of {all.Count} keys are not kept alike twice, such as {wrong[0].Key}: "
            + string.Join(", ", wrong[0].Value);
    }
}
