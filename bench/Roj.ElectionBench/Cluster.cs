using System.Diagnostics;
using System.Security.Cryptography;
using Roj.EndToEnd;
using Roj.RegisterBench;

namespace Roj.ElectionBench;

/// <summary>The nodes of one subject, each on a host of its own, which lose their leader again and again.</summary>
internal sealed class Cluster
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(100); // that the client asks before anything happens

    private readonly IElectionSubject subject;
    private readonly Situation situation;
    private readonly IReadOnlyList<LabHost> hosts;
    private readonly string data;
    private readonly Dictionary<LabHost, LabProcess> nodes;

    /// <summary>Starts all nodes.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="situation">How many, and what they are told.</param>
    /// <param name="hosts">Where.</param>
    /// <param name="data">A directory for all data.</param>
    public Cluster(IElectionSubject subject, Situation situation, IReadOnlyList<LabHost> hosts, string data)
    {
        (this.subject, this.situation, this.hosts, this.data) = (subject, situation, hosts, data);
        nodes = hosts.ToDictionary(host => host, Start);
    }

    /// <summary>Waits until the cluster is whole, takes its leader away, looks how long that takes, and starts it again.</summary>
    /// <param name="signal">What the leader is sent: SIGKILL or SIGTERM.</param>
    /// <returns>Null if the nodes elected another before anybody was taken away.</returns>
    public async Task<Round?> LoseLeaderAsync(int signal)
    {
        var leader = await WholeAsync().ConfigureAwait(false);
        LabHost[] others = [.. hosts.Where(host => host != leader)];
        List<IRegisterConnection> connections = [];
        try
        {
            connections.AddRange(others.Select(subject.Connect));
            // The one that was started last is not behind any more when it has made a change.
            foreach (var connection in connections)
                await ChangeAsync(connection).ConfigureAwait(false);
            // So that a loss falls anywhere between two heartbeats, or two renewals of the lease.
            await Task.Delay(RandomNumberGenerator.GetInt32((int)situation.Lease.TotalMilliseconds)).ConfigureAwait(false);
            using var asker = new Asker(connections);
            await Task.Delay(Lead).ConfigureAwait(false);
            return await subject.LeaderAsync(hosts).ConfigureAwait(false) == leader
                ? await LoseAsync(leader, others, signal, asker).ConfigureAwait(false)
                : null;
        }
        finally
        {
            foreach (var connection in connections)
                connection.Dispose();
            if (nodes[leader].HasExited)
                nodes[leader] = Start(leader);
        }
    }

    private async Task<Round> LoseAsync(LabHost leader, LabHost[] others, int signal, Asker asker)
    {
        var (at, from) = (DateTime.UtcNow, Stopwatch.GetTimestamp());
        Native.Signal(nodes[leader].Id, signal);
        await nodes[leader].ExitAsync(Patience).ConfigureAwait(false);
        var gone = Stopwatch.GetTimestamp();
        var changed = await asker.FirstAsync(gone, Patience).ConfigureAwait(false);
        var led = await subject.LedAsync(others, at).ConfigureAwait(false);
        return new Round(led - at, signal == Native.SigKill ? Stopwatch.GetElapsedTime(from, changed) : asker.LongestGap(from, changed));
    }

    private async Task<LabHost> WholeAsync()
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Patience)
        {
            if (nodes.Values.Any(node => node.HasExited))
                throw new LabException("a node ended by itself");
            if (await subject.LeaderAsync(hosts).ConfigureAwait(false) is { } leader)
                return leader;
            await Task.Delay(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
        }

        throw new LabException($"not all nodes name the same leader after {Patience.TotalSeconds} s");
    }

    // A node that has just come back refuses some.
    private static async Task ChangeAsync(IRegisterConnection connection)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await connection.PutAsync("whole"u8.ToArray(), BitConverter.GetBytes(Stopwatch.GetTimestamp())).WaitAsync(Patience)
                    .ConfigureAwait(false);
                return;
            }
            catch (LabException) when (clock.Elapsed < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
            }
        }
    }

    private LabProcess Start(LabHost host) =>
        subject.Start(host, Directory.CreateDirectory(Path.Combine(data, host.Address)).FullName, hosts, situation);
}
