using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Roj.EndToEnd.Members;
using Roj.Election.Wire;
using Roj.Kernel;
using Roj.Membership.Keeping.Wire;

namespace Roj.EndToEnd.Elections;

/// <summary>Three are told nonsense and lies, by HTTP and by datagrams: all is refused, and who leads stays who it was.</summary>
/// <param name="name">For the cluster.</param>
/// <param name="words">What nodes are told.</param>
internal sealed class BadWordsTrial(string name, IReadOnlyList<string> words) : ClusterTrial(name, 3)
{
    private const string Stranger = "0123456789abcdef0123456789abcdef";

    private int refused;

    /// <inheritdoc/>
    protected override async Task RunAsync(Lab lab, LabHost[] own)
    {
        var cluster = new Electorate(Name, own, words);
        foreach (var node in cluster.Nodes)
            node.Start();
        var (leader, term, _) = await cluster.SettledAsync(cluster.Nodes);
        var follower = cluster.Nodes.First(node => node != leader);
        await cluster.UntilAsync(
            () => cluster.Nodes.All(node => node.News.Any(one => one.Kind == "colors.changed")), Electorate.Patience,
                "all have written their colors");
        await Watch.ForAsync(cluster.Nodes, TimeSpan.FromSeconds(1)); // a ring's leader says last that all have heard
        var before = cluster.Nodes.Select(node => node.News.Count).ToArray();

        foreach (var node in (ElectionNode[])[leader, follower])
            await BadMessagesAsync(node, follower == node ? leader.Id : follower.Id, term);
        await BadRegistrationsAsync(leader, follower);
        BadDatagrams(cluster, follower, term);

        await Watch.ForAsync(cluster.Nodes, TimeSpan.FromSeconds(2));
        var after = await cluster.SettledAsync(cluster.Nodes);
        Must((after.Leader, after.Term) == (leader, term), $"{after.Leader.Name} leads in term {after.Term} after {leader.Name} in {term}");
        var news = cluster.Nodes.Zip(before, (node, count) => node.News.Skip(count)).SelectMany(said => said).ToArray();
        Must(news.Length == 0, $"something changed: {string.Join(" | ", news.Select(one => one.Message))}");
        Count(string.Create(CultureInfo.InvariantCulture, $"{refused} refused"));
    }

    private async Task BadMessagesAsync(ElectionNode node, string other, ulong term)
    {
        string[] junk =
        [
            "", "nonsense", "[]", "{}", "null", "{\"type\":\"ELECTION\"}", RingWords.Leader(other, term + 9, version: 2),
            RingWords.Leader(other, term + 9, hops: -1), RingWords.Leader(other, term + 9)[..^1], RingWords.Leader(other, term + 9) + "{}",
            RingWords.Leader(other, term + 9).Replace("LEADER", "KING", StringComparison.Ordinal), new string('[', 1000),
        ];
        foreach (var body in junk)
            await RefusesAsync(node, body, 400);
        await RefusesAsync(node, new string(' ', RingJson.BytesMax + 1), 413);
        await HangsUpAsync(node, 1 << 20);
        await RefusesAsync(node, RingWords.Leader(Stranger, term + 9), 409);
        await RefusesAsync(node, RingWords.Election(Stranger, other), 409);
        await RefusesAsync(node, RingWords.Election(other, Stranger), 409);
        await RefusesAsync(node, RingWords.Election(node.Id, other), 409);
    }

    // It does not read what it has refused: who goes on writing may meet a closed connection before it meets the answer.
    private async Task HangsUpAsync(ElectionNode node, int length)
    {
        try
        {
            await RefusesAsync(node, new string(' ', length), 413);
        }
        catch (HttpRequestException)
        {
            refused++;
        }
    }

    private async Task BadRegistrationsAsync(ElectionNode leader, ElectionNode follower)
    {
        foreach (var (query, status) in ((string, int)[])[("", 400), ("?node=x", 400), ("?node=" + new string('f', 33), 400),
            ("?node=" + Stranger, 409)])
            await AnswersAsync(leader, HttpMethod.Get, "/register" + query, null, status);
        await AnswersAsync(follower, HttpMethod.Get, "/register?node=" + leader.Id, null, 409);
        await AnswersAsync(leader, HttpMethod.Get, "/message", null, 405);
    }

    private Task RefusesAsync(ElectionNode node, string body, int status) => AnswersAsync(node, HttpMethod.Post, "/message", body, status);

    private async Task AnswersAsync(ElectionNode node, HttpMethod method, string path, string? body, int status)
    {
        var (code, text) = await node.HttpAsync(method, path, body: body);
        var shown = body is { Length: > 100 } ? body[..100] : body;
        Must(code == status, $"{method} {path} {shown} at {node.Name}: {code} instead of {status}: {text}");
        refused++;
    }

    // All that begins as a heartbeat does, and a right one of a later term that comes from another address than its sender has.
    private static void BadDatagrams(Electorate cluster, ElectionNode follower, ulong term)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Parse(LabWiring.Address(LabWiring.ObserverNumber)), 0));
        Must(NodeId.TryParse(follower.Id, out var id), "an id");
        var right = new byte[ElectionCodec.LengthMax];
        var length = ElectionCodec.Write(
            SwimCodec.ClusterHash(cluster.Name), new ElectionMessage.Heartbeat(new Term(term + 9, id), 1), right);
        List<byte[]> all = [right[..length], right[..4], right[..(length - 1)], [.. right, 0], [.. right[..4], 2, .. right[5..length]]];
        var rng = new Rng(47);
        for (var i = 0; i < 500; i++)
        {
            var some = right[..(4 + rng.Next(length - 3))];
            for (var at = 4; at < some.Length; at++)
                some[at] = rng.Chance(1, 4) ? (byte)rng.Next(256) : some[at];
            all.Add(some);
        }

        BinaryPrimitives.WriteUInt64BigEndian(right.AsSpan(6), 1); // another cluster's
        all.Add(right[..length]);
        foreach (var datagram in all)
        {
            foreach (var node in cluster.Nodes)
                socket.Send(datagram, node.Name, 7071);
        }
    }
}
