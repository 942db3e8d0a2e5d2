using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Roj.Host.Net;
using Roj.Kernel;

namespace Roj.Cli.Doctor;

/// <summary>Looks at this machine and at a node that runs on it, and says what it found.</summary>
/// <param name="given">The node that the user named; null for the one that runs here.</param>
/// <param name="token">What lets us in, if the cluster has a key.</param>
/// <param name="port">The port between nodes, where none runs.</param>
/// <param name="httpPort">The port of the HTTP API.</param>
internal sealed class Examination(Uri? given, NodeToken token, ushort port, ushort httpPort)
{
    // More than these need not be asked to see what is wrong.
    private const int OthersMax = 64;

    /// <summary>All findings.</summary>
    public IReadOnlyList<Finding> Run()
    {
        using var asker = new NodeAsker(token);
        if (asker.Ask(Places()) is [var node, ..])
            return [Running(node), Interface(node), .. Diagnosis.Of(Look(asker, node))];
        return asker.Refused is { } closed ? [Closed(closed), Interface()] : [NoNode(), .. Ports(), Interface()];
    }

    private static Finding Running(Asked node) => Finding.Well(
        "node",
        $"{node.Status.Name} of cluster '{node.Status.Cluster}' answers at {node.Url.Authority}");

    private static Survey Look(NodeAsker asker, Asked node)
    {
        var places = node.Members.Members
            .Where(member => member.Id != node.Status.Id && member.HttpPort is not null && member.State != "left")
            .Take(OthersMax)
            .Select(member => Url(member.Address, member.HttpPort!.Value));
        var survey = new Survey { Node = node, Others = asker.Ask(places), OtherCluster = asker.OtherCluster(node.Url) };
        // Only from here it is seen what reaches the network that the node stands in.
        if (!Endpoint.TryParseAddress(node.Status.Address, out var address) || LocalInterface.With(address) is not { } local)
            return survey;
        var names = asker.Keys(node.Url);
        var key = names is null ? null : NodeKey.Find().FirstOrDefault(one => names.Contains($"{one.Id:x8}"));
        if (names is not null && key is null)
            return survey with { IsKeyMissing = true };
        var nodePort = (ushort)node.Status.NodePort;
        var whom = node.Members.Members.Where(member => member.State is "alive" or "suspect").Take(OthersMax)
            .Select(member => Endpoint.TryParseAddress(member.Address, out var its) ? new Endpoint(its, (ushort)member.NodePort) : default)
            .Where(place => local.Subnet.Contains(place.Address));
        var cluster = node.Status.Cluster;
        return survey with
        {
            ByBroadcast = local.Subnet.HasBroadcast
                ? HelloRound.Ask(address, [new Endpoint(local.Subnet.Broadcast, nodePort)], cluster, key)
                : [],
            ByAddress = HelloRound.Ask(address, whom, cluster, key),
        };
    }

    private static Uri Url(string address, int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://{address}:{port}/"));

    /// <summary>A node listens at its own address alone, which the user need not know.</summary>
    private IEnumerable<Uri> Places() => given is not null
        ? [given]
        : NetworkInterface.GetAllNetworkInterfaces().SelectMany(adapter => adapter.GetIPProperties().UnicastAddresses)
            .Where(unicast => unicast.Address.AddressFamily == AddressFamily.InterNetwork)
            .Select(unicast => Url(unicast.Address.ToString(), httpPort));

    private Finding NoNode() => Finding.Wrong(
        "node",
        given is not null
            ? $"no node answers at {given.Authority}"
            : string.Create(CultureInfo.InvariantCulture, $"no node answers at any address of this machine, port {httpPort}"),
        "only a running node takes part, and can be asked",
        "start one with 'roj node', or name one that runs: --node http://ADDRESS:7070");

    private Finding Closed(Uri node) => Finding.Wrong(
        "node", $"{node.Authority} wants its cluster's token, and {token.Tried}", "nothing can be asked of it", NodeToken.How);

    private IEnumerable<Finding> Ports()
    {
        const string Why = "a node could not start here";
        if (given is not null)
            yield break; // it may be another machine's
        var own = LocalInterface.Choose().Subnet.Address;
        (Endpoint Place, string Kind, string Option)[] wanted =
        [
            (new Endpoint(own, port), "TCP", "--port"),
            (new Endpoint(own, port), "UDP", "--port"),
            (new Endpoint(own, httpPort), "TCP", "--http-port"),
        ];
        foreach (var (place, kind, option) in wanted)
        {
            var isTaken = (kind == "TCP" ? PortUse.Trouble(place) : PortUse.DatagramTrouble(place)) == SocketError.AddressAlreadyInUse;
            if (!isTaken)
                continue;
            var holder = kind == "TCP" ? PortUse.Holder(place) : PortUse.DatagramHolder(place);
            yield return Finding.Wrong(
                "port",
                $"{kind} {place} is taken by {holder ?? "another program"}",
                Why,
                $"end that, or start the node with another {option}");
        }
    }

    private static Finding Interface()
    {
        var local = LocalInterface.Choose();
        var taken = $"a node takes {local.Subnet} on {local.Name}, because {local.Reason}";
        return local.Name == "lo" || local.Reason.StartsWith("it comes first", StringComparison.Ordinal)
            ? Unsure(taken)
            : Finding.Well("interface", taken);
    }

    private static Finding Interface(Asked node)
    {
        var (own, choice) = (node.Status.Address, LocalInterface.Choose());
        if (!Endpoint.TryParseAddress(own, out var address) || address >> 24 == 127)
            return Finding.Well("interface", $"the node is on the loopback, {own}: it sees nodes of this machine only");
        if (LocalInterface.With(address) is { } local)
        {
            var why = choice.Subnet.Address == address ? $"because {choice.Reason}" : "because it was told so, or came before the others";
            return Finding.Well("interface", $"the node is on {local.Name}, {local.Subnet}, {why}");
        }

        return Finding.Well("interface", $"{own} is not an address of this machine: the node's interfaces can't be seen from here");
    }

    private static Finding Unsure(string taken) => Finding.Wrong(
        "interface",
        taken,
        "others are found on the network of that interface alone",
        "if that is not where the others are, start the node with --interface NAME or --address ADDRESS");
}
