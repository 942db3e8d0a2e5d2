using Roj.EndToEnd;

namespace Roj.SwarmBench.Subjects;

/// <summary>The published program: how it is told to share a file is here and nowhere else.</summary>
internal sealed class RojSubject(Options options) : Subject
{
    /// <summary>What it is called.</summary>
    public const string ToolName = "roj";

    /// <inheritdoc/>
    public override string Name => ToolName;

    /// <inheritdoc/>
    public override string What =>
        $"roj sync; receivers know {(options.KnowAllPeers ? "all addresses" : "the seeder's address")}"
        + $" and {(options.FetchDescription ? "ask for the description" : "have the description")}";

    /// <inheritdoc/>
    public override void Prepare() => Repository.Program();

    /// <inheritdoc/>
    public override void Start(Race race)
    {
        var description = race.Describe();
        foreach (var host in race.Hosts)
        {
            var isSeeder = host == race.Seeder;
            string[] peers = options.KnowAllPeers
                ? [.. race.Hosts.Where(other => other != host).Select(other => other.Address)]
                : isSeeder ? [] : [race.Seeder.Address];
            Description.WriteConfiguration(
                Path.Combine(host.Directory, "torrent.conf"), peers, isSeeder || !options.FetchDescription ? description : null);
        }

        foreach (var host in race.Hosts)
            race.Start(host, Command(host), line => Hear(race, host, line));
    }

    private static string[] Command(LabHost host) =>
        [Repository.Program(), "sync", "--config", "torrent.conf", "--data", Race.DataPath(host), "--address", host.Address];

    // [INFO] 1.234 complete
    private static void Hear(Race race, LabHost host, string line)
    {
        if (host != race.Seeder && line.EndsWith(" complete", StringComparison.Ordinal))
            race.HasCompleted(host);
    }
}
