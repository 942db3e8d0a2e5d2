using System.Net.Sockets;
using Roj.EndToEnd;
using Roj.Host.Daemon;

namespace Roj.ElectionBench;

/// <summary>Some rounds of one subject, in a lab and on data of their own.</summary>
internal static class Turn
{
    private const int ChancesPerRound = 3;

    /// <summary>Starts a cluster, has it lose its leader so often, and takes it down.</summary>
    /// <param name="outcome">What the rounds are added to, and what goes wrong.</param>
    /// <param name="subject">Whose cluster.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="signal">What leaders are sent.</param>
    /// <param name="where">The directory for data.</param>
    public static async Task AddAsync(Outcome outcome, IElectionSubject subject, int rounds, int signal, string where)
    {
        var data = Directory.CreateDirectory(Path.Combine(where, Guid.NewGuid().ToString("N"))).FullName;
        var nodes = outcome.Situation.Nodes;
        try
        {
            await Lab.RunAsync(nodes, $"election-{subject.Name}-{nodes}", async lab =>
                await AddAsync(outcome, new Cluster(subject, outcome.Situation, lab.Hosts, data), rounds, signal).ConfigureAwait(false))
                .ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is LabException or SocketException or NodeException or TimeoutException)
        {
            outcome.Failures.Add(broken.Message);
            Table.Tell(outcome, broken.Message);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task AddAsync(Outcome outcome, Cluster cluster, int rounds, int signal)
    {
        var made = 0;
        for (var chance = 0; made < rounds && chance < rounds * ChancesPerRound; chance++)
        {
            if (await cluster.LoseLeaderAsync(signal).ConfigureAwait(false) is not { } round)
                continue; // they elect another by themselves now and then, where the machine has more to do than the lease is long
            outcome.Rounds.Add(round);
            Table.Tell(outcome, round);
            made++;
        }

        if (made < rounds)
            throw new LabException("the nodes elect others all the time, though nobody dies");
    }
}
