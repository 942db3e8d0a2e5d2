using Roj.EndToEnd;

namespace Roj.SwarmBench.Subjects;

/// <summary>The published program: how it is told to share a file is here and nowhere else.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="hasKey">Whether all have a cluster key.</param>
internal sealed class RojSubject(Options options, bool hasKey = false) : Subject
{
    /// <summary>What it is called.</summary>
    public const string ToolName = "roj";

    /// <summary>What it is called where all have a cluster key.</summary>
    public const string KeyedName = "roj+key";

    /// <inheritdoc/>
    public override string Name => hasKey ? KeyedName : ToolName;

    /// <inheritdoc/>
    public override string What =>
        $"roj sync; receivers know {(options.KnowAllPeers ? "all addresses" : "the seeder's address")}"
        + (options.FetchDescription ? " and ask for the description, which the seeder makes (--share)" : " and have the description")
        + (hasKey ? "; all have a cluster key" : "");

    /// <inheritdoc/>
    public override void Prepare() => _ = hasKey ? KeyOfTheBench.Path : Repository.Program();

    /// <inheritdoc/>
    public override void Start(Race race)
    {
        var description = options.FetchDescription ? null : race.Describe();
        if (description is null)
            race.HasCreated(); // the seeder hashes while the receivers start
        foreach (var host in race.Hosts)
        {
            var isSeeder = host == race.Seeder;
            string[] peers = options.KnowAllPeers
                ? [.. race.Hosts.Where(other => other != host).Select(other => other.Address)]
                : isSeeder ? [] : [race.Seeder.Address];
            Description.WriteConfiguration(
                Path.Combine(host.Directory, "torrent.conf"), peers, description);
        }

        foreach (var host in race.Hosts)
            race.Start(host, Command(host, host == race.Seeder && description is null), line => Hear(race, host, line));
    }

    private string[] Command(LabHost host, bool describes) =>
    [
        Repository.Program(), "sync", "--config", "torrent.conf", "--data", Race.DataPath(host), "--address", host.Address,
        .. describes ? ["--share"] : Array.Empty<string>(), .. hasKey ? ["--key-file", KeyOfTheBench.Path] : Array.Empty<string>(),
    ];

    // [INFO] 1.234 complete
    private static void Hear(Race race, LabHost host, string line)
    {
        if (host != race.Seeder && line.EndsWith(" complete", StringComparison.Ordinal))
            race.HasCompleted(host);
    }
}
