using System.Net;
using Roj.EndToEnd;
using Roj.RegisterBench;
using Roj.SwarmBench;

namespace Roj.KvBench;

/// <summary>Something that keeps keys on several machines.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Protocol">How it is spoken to: see <see cref="ClusterLoad"/>.</param>
/// <param name="Needs">What it needs on this machine; null for nothing.</param>
internal abstract record ClusterSubject(string Name, string Protocol, Requirement? Needs)
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    /// <summary>In the order in which they take turns.</summary>
    public static IReadOnlyList<ClusterSubject> All { get; } = [new OfRoj(), new OfEtcd(), new OfRedis()];

    /// <summary>Starts it on three hosts, with its data in the directory beside each.</summary>
    public abstract IReadOnlyList<LabProcess> Start(IReadOnlyList<(LabHost Host, string Data)> places);

    /// <summary>Waits until it takes changes, and says where clients best bring them.</summary>
    /// <exception cref="LabException">It does not within a minute.</exception>
    public abstract Task<IReadOnlyList<IPEndPoint>> ReadyAsync(IReadOnlyList<LabHost> hosts);

    /// <summary>Waits until something is.</summary>
    /// <exception cref="LabException">It is not within a minute.</exception>
    protected async Task<T> UntilAsync<T>(Func<Task<T?>> what) where T : class
    {
        for (var end = DateTime.UtcNow + patience; DateTime.UtcNow < end; await Task.Delay(50).ConfigureAwait(false))
        {
            if (await what().ConfigureAwait(false) is { } there)
                return there;
        }

        throw new LabException($"{Name} takes nothing after {patience.TotalSeconds} s");
    }

    /// <summary>Three nodes that decide by majority. Any takes what clients bring: they are spread over all.</summary>
    private sealed record OfRoj() : ClusterSubject("roj", ClusterLoad.Resp, null)
    {
        public override IReadOnlyList<LabProcess> Start(IReadOnlyList<(LabHost Host, string Data)> places) =>
            [.. places.Select(place => RojNode.Start(place.Host, place.Data, places.Count, "--resp-address", place.Host.Address))];

        public override Task<IReadOnlyList<IPEndPoint>> ReadyAsync(IReadOnlyList<LabHost> hosts) => UntilAsync(async () =>
            await RojNode.RostersAsync(hosts).ConfigureAwait(false) is null
                ? null
                : (IReadOnlyList<IPEndPoint>)[.. hosts.Select(host => new IPEndPoint(IPAddress.Parse(host.Address), RojDoor))]);
    }

    /// <summary>etcd with the settings that it comes with. Its leader takes what clients bring: another would bring it to him.</summary>
    private sealed record OfEtcd() : ClusterSubject("etcd", ClusterLoad.Grpc, EtcdNode.Needs)
    {
        public override IReadOnlyList<LabProcess> Start(IReadOnlyList<(LabHost Host, string Data)> places) =>
            [.. places.Select(place => EtcdNode.Start(place.Host, place.Data, places.Select(each => each.Host)))];

        public override Task<IReadOnlyList<IPEndPoint>> ReadyAsync(IReadOnlyList<LabHost> hosts) => UntilAsync(async () =>
            await EtcdNode.LeaderAsync(hosts).ConfigureAwait(false) is { } leader
                ? (IReadOnlyList<IPEndPoint>)[EtcdNode.Door(leader)]
                : null);
    }

    /// <summary>Redis and one replica, both of which sync always; a client waits until the replica has what it wrote. It does not decide by
    /// majority, and reads are the first one's alone: a speed to compare with, not the same promise.</summary>
    private sealed record OfRedis() : ClusterSubject(
        "redis", ClusterLoad.RespWait, new Requirement("redis-server", "redis-tools", "/usr/bin/" + Server.RedisProgram))
    {
        public override IReadOnlyList<LabProcess> Start(IReadOnlyList<(LabHost Host, string Data)> places)
        {
            var first = places[0].Host.Address;
            return [.. places.Take(2).Select((place, i) => place.Host.Start(Program(place.Data),
                [
                    "--port", $"{RedisDoor}", "--protected-mode", "no", "--dir", place.Data, "--save", "", "--appendonly", "yes",
                    "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0", "--repl-diskless-sync-delay", "0",
                    .. i == 0 ? (string[])[] : ["--replicaof", first, $"{RedisDoor}"],
                ]))];
        }

        public override Task<IReadOnlyList<IPEndPoint>> ReadyAsync(IReadOnlyList<LabHost> hosts)
        {
            var door = new IPEndPoint(IPAddress.Parse(hosts[0].Address), RedisDoor);
            return UntilAsync(async () =>
            {
                try
                {
                    await using var client = new RespClient(door);
                    _ = await client.AskAsync("SET ready 1").ConfigureAwait(false);
                    return await client.AskAsync("WAIT 1 1000").ConfigureAwait(false) == ":1" ? (IReadOnlyList<IPEndPoint>)[door] : null;
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return null; // it does not listen yet
                }
            });
        }

        private static string Program(string folder)
        {
            var program = Path.Combine(folder, "redis-server");
            File.CreateSymbolicLink(program, Tool.Find(Server.RedisProgram)!);
            return program;
        }
    }

    /// <summary>Where a Roj node listens for clients.</summary>
    public const int RojDoor = 6379;

    private const int RedisDoor = 6379;
}
