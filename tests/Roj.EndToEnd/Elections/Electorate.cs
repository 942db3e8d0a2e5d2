using System.Globalization;
using Roj.EndToEnd.Members;
using Roj.EndToEnd.Security;

namespace Roj.EndToEnd.Elections;

/// <summary>The nodes of one cluster in a lab that it shares with others.</summary>
internal sealed class Electorate
{
    /// <summary>What is waited for at most, on a machine where others work too.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly string[] words;
    private readonly string? key;
    private long greatest;

    /// <summary>A node on each of these hosts; none is started yet.</summary>
    /// <param name="name">The cluster's name, which keeps it apart from others in the lab.</param>
    /// <param name="hosts">Where.</param>
    /// <param name="words">What each is told on its command line.</param>
    /// <param name="key">The cluster's key; null for none.</param>
    public Electorate(string name, IReadOnlyList<LabHost> hosts, IReadOnlyList<string> words, string? key = null)
    {
        (Name, this.key) = (name, key);
        this.words = ["--cluster", name, .. words];
        Nodes = [.. hosts.Select(New)];
    }

    /// <summary>Nodes that are told what they are told already.</summary>
    public Electorate(string name, IReadOnlyList<ElectionNode> nodes) => (Name, words, Nodes) = (name, [], [.. nodes]);

    /// <summary>The cluster's name.</summary>
    public string Name { get; }

    /// <summary>All, those included that do not run.</summary>
    public ElectionNode[] Nodes { get; }

    /// <summary>Waits until all of these, and only they, agree on who of them leads and on the colours: exactly a third of them green,
    /// rounded up, the leader among those.</summary>
    /// <returns>Who leads, under which term, and when the last of them had heard of it.</returns>
    /// <exception cref="LabException">They did not within <paramref name="limit"/>.</exception>
    public async Task<(ElectionNode Leader, ulong Term, DateTimeOffset At)> SettledAsync(
        IReadOnlyList<ElectionNode> nodes, TimeSpan? limit = null)
    {
        var end = Watch.Now + (limit ?? Patience);
        while (true)
        {
            var doubt = await DoubtAsync(nodes).ConfigureAwait(false);
            if (doubt is null)
                break;
            if (Watch.Now > end)
                throw new LabException($"{Name}: not settled after {(limit ?? Patience).TotalSeconds} s: {doubt}");
            await Task.Delay(50).ConfigureAwait(false);
        }

        var heard = nodes.Select(node => node.Leader!).ToArray();
        return (nodes.First(node => node.Id == heard[0].Leader), heard[0].Term, heard.Max(one => one.At));
    }

    /// <summary>As <see cref="SettledAsync"/>, of a leadership that must be later than all before.</summary>
    public async Task<(ElectionNode Leader, ulong Term, DateTimeOffset At)> LaterAsync(
        IReadOnlyList<ElectionNode> nodes, ulong than, TimeSpan? limit = null)
    {
        var settled = await SettledAsync(nodes, limit).ConfigureAwait(false);
        return settled.Term > than ? settled : throw new LabException($"{Name}: term {settled.Term} after {than}");
    }

    /// <summary>Follows them until one of them has said something.</summary>
    /// <exception cref="LabException">None did within <paramref name="limit"/>.</exception>
    public Task UntilAsync(Func<bool> condition, TimeSpan limit, string what) => Poll.UntilAsync(
        () =>
        {
            foreach (var node in Nodes)
                node.Look();
            return condition();
        },
        limit,
        () => $"{Name}: {what}; {Said(Nodes)}");

    /// <summary>What each last said of who leads.</summary>
    public static string Said(IEnumerable<ElectionNode> nodes) => string.Join(
        "; ", nodes.Select(node => $"{node.Name}: {node.News.LastOrDefault(one => one.Kind == "leader.changed")?.Message ?? "nothing"}"));

    // Why they are not; null if they are. The logs tell first, so that nodes are seldom asked.
    private async Task<string?> DoubtAsync(IReadOnlyList<ElectionNode> nodes)
    {
        foreach (var node in nodes)
            node.Look();
        var heard = nodes.Select(node => (node.Leader?.Leader, node.Leader?.Term)).Distinct().ToArray();
        if (heard is not [(string leader, ulong term)] || nodes.All(node => node.Id != leader))
            return Said(nodes);
        try
        {
            var green = nodes.Count(node => node.Id == leader);
            foreach (var node in nodes)
            {
                if (await DoubtAsync(node, nodes, leader, (long)term).ConfigureAwait(false) is { } doubt)
                    return $"{node.Name} says {doubt}";
            }

            var versions = await Task.WhenAll(nodes.Select(node => node.ColoursAsync())).ConfigureAwait(false);
            if (versions.Select(one => (one.Term, one.Version)).Distinct().Count() > 1)
                return "different versions of the colors";
        }
        catch (Exception e) when (e is HttpRequestException or LabException or TaskCanceledException)
        {
            return e.Message;
        }

        greatest = Math.Max(greatest, (long)term);
        return null;
    }

    private static async Task<string?> DoubtAsync(ElectionNode node, IReadOnlyList<ElectionNode> nodes, string leader, long term)
    {
        var (its, itsTerm, isSelf, _, _, colour) = await node.LeaderAsync().ConfigureAwait(false);
        if (its != leader || itsTerm != term || isSelf != (node.Id == leader))
            return string.Create(CultureInfo.InvariantCulture, $"{its} leads in {itsTerm}");
        var (_, _, first, colours) = await node.ColoursAsync().ConfigureAwait(false);
        var green = colours.Where(one => one.Value == "green").Select(one => one.Key).ToArray();
        var isRight = first == leader && colours.Count == nodes.Count && nodes.All(other => colours.ContainsKey(other.Id))
            && green.Length == (nodes.Count + 2) / 3 && green.Contains(leader) && colours[node.Id] == colour;
        return isRight
            ? null
            : $"{green.Length} of {colours.Count} are green for {nodes.Count} "
                + $"({string.Join(' ', colours.Select(one => $"{one.Key[..8]}={one.Value}"))})";
    }

    private ElectionNode New(LabHost host)
    {
        if (key is null)
            return new ElectionNode(host) { Words = words };
        var node = new ElectionNode(host) { Words = words, KeyPath = Path.Combine(host.Directory, "given.key") };
        ClosedNodes.GiveKey(node, key);
        return node;
    }
}
