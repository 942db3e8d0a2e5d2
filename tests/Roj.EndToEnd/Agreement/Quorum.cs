using Roj.Agreement;
using Roj.EndToEnd.Members;
using Roj.EndToEnd.Security;
using Roj.Host.Agreement;
using Roj.Host.Daemon;
using Roj.Host.Security;
using Roj.Kernel;

namespace Roj.EndToEnd.Agreement;

/// <summary>Nodes that were told to make a cluster of so many, with their data on a real disk: a sync costs there what it costs.</summary>
internal sealed class Quorum : IDisposable
{
    /// <summary>The port of nodes, and of those who have registers changed.</summary>
    public const ushort Port = 7071;

    /// <summary>What is waited for at most, on a machine where others work too.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Of no client's: what it holds is only asked for to see who answers.
    private static readonly RegisterName probe = RegisterName.Of("probe");

    private readonly string disk;
    private readonly string expect;
    private readonly ClusterKey? key;

    /// <summary>Nodes on these hosts, that are not started yet.</summary>
    /// <param name="hosts">Where.</param>
    /// <param name="name">What their directory on the disk is called.</param>
    /// <param name="key">The cluster's key; null for none.</param>
    /// <param name="expect">How many make a cluster; null for all of them.</param>
    public Quorum(IReadOnlyList<LabHost> hosts, string name, string? key = null, int? expect = null)
    {
        disk = Path.Combine(Repository.Artifacts, "lab-disk", name);
        if (Directory.Exists(disk))
            Directory.Delete(disk, recursive: true);
        this.expect = $"{expect ?? hosts.Count}";
        this.key = key is not null && ClusterKey.TryParse(key, out var parsed, out _) ? parsed : null;
        Nodes = [.. hosts.Select(host => New(host, key))];
    }

    /// <summary>The nodes.</summary>
    public MemberNode[] Nodes { get; }

    /// <summary>Starts one, again with the data that it had.</summary>
    public void Start(MemberNode node) => node.Start("--expect", expect);

    /// <summary>Starts all, and waits until each answers for the cluster.</summary>
    /// <exception cref="LabException">They did not within a minute.</exception>
    public async Task StartAsync()
    {
        foreach (var node in Nodes)
        {
            // A fresh cable is called down for up to a second, and a node that sees no other network takes the loopback.
            await Poll.UntilAsync(() => IsUp(node.Host), Patience, $"{node.Name}'s cable is up").ConfigureAwait(false);
            Start(node);
        }

        await AnswerAsync(Nodes).ConfigureAwait(false);
        await Watch.UntilAsync(Nodes, Nodes, "alive", Patience).ConfigureAwait(false);
    }

    /// <summary>Waits until each of <paramref name="nodes"/> reads a register for a client.</summary>
    /// <exception cref="LabException">They did not within a minute.</exception>
    public async Task AnswerAsync(IEnumerable<MemberNode> nodes)
    {
        foreach (var node in nodes)
        {
            for (var end = Watch.Now + Patience; !await IsAnsweringAsync(node).ConfigureAwait(false);)
            {
                if (Watch.Now > end)
                    throw new LabException($"{node.Name} answers nobody for the cluster after {Patience.TotalSeconds} s");
                await Task.Delay(100).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Calls a node as a client.</summary>
    /// <exception cref="NodeException">It does not answer.</exception>
    public Task<RegisterClient> ConnectAsync(MemberNode node) =>
        RegisterClient.ConnectAsync(Endpoint.TryParse($"{node.Name}:{Port}", out var at) ? at : default, key: key);

    /// <summary>Asks a node something as a client who has come for this alone, and gives up after ten seconds.</summary>
    /// <exception cref="NodeException">It does not answer.</exception>
    public async Task<Outcome> AskAsync(MemberNode node, Func<RegisterClient, Task<Outcome>> what)
    {
        var client = await ConnectAsync(node).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
            return await what(client).WaitAsync(TimeSpan.FromSeconds(10)).ConfigureAwait(false);
    }

    /// <summary>The nodes as the roster has them: the first one that is alive proposes.</summary>
    public IReadOnlyList<MemberNode> InOrder() => [.. Nodes.OrderBy(IdOf, StringComparer.Ordinal)];

    /// <summary>Removes what they kept.</summary>
    public void Dispose() => Directory.Delete(disk, recursive: true);

    private static bool IsUp(LabHost host) =>
        Tool.Run("ip", ["-n", LabWiring.Namespace(host.Number), "link", "show", "eth0"]).Contains("state UP", StringComparison.Ordinal);

    private string IdOf(MemberNode node) => Nodes.First(other => other != node).Members[node.Name].Id;

    private MemberNode New(LabHost host, string? text)
    {
        var data = Path.Combine(disk, host.Address);
        if (text is null)
            return new MemberNode(host) { DataPath = data };
        var closed = new MemberNode(host) { DataPath = data, KeyPath = Path.Combine(host.Directory, "given.key") };
        ClosedNodes.GiveKey(closed, text);
        return closed;
    }

    private async Task<bool> IsAnsweringAsync(MemberNode node)
    {
        try
        {
            return await AskAsync(node, client => client.ReadAsync(probe)).ConfigureAwait(false) is { Applied: Applied.Yes };
        }
        catch (Exception e) when (e is NodeException or TimeoutException)
        {
            return false;
        }
    }
}
