using Roj.EndToEnd;

namespace Roj.SwarmBench.Subjects;

/// <summary>aria2, which finds its peers through a tracker only: it gets one that lives in this process.</summary>
internal sealed class Aria2Subject : Subject
{
    private const string Program = "/usr/bin/aria2c";

    private static readonly string[] settings =
    [
        "--no-conf", "--seed-ratio=0", "--bt-tracker-interval=2", "--bt-max-peers=0", "--bt-request-peer-speed-limit=1000M",
        "--file-allocation=none", "--disk-cache=16M", "--allow-overwrite=true", "--listen-port=6881",
        "--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false",
        "--summary-interval=0", "--show-console-readout=false", "--enable-color=false",
    ];

    /// <inheritdoc/>
    public override string Name => "aria2";

    /// <inheritdoc/>
    public override string What => "aria2 with a tracker";

    /// <inheritdoc/>
    public override IReadOnlyList<Requirement> Needs => [new("aria2", "aria2", Program)];

    /// <inheritdoc/>
    public override void Start(Race race)
    {
        var tracker = new Tracker(LabWiring.Address(LabWiring.ObserverNumber));
        _ = race.Finished.ContinueWith(_ => tracker.Dispose(), TaskScheduler.Default);
        var torrent = Path.Combine(race.Seeder.Directory, "data.torrent");
        race.Describe().WriteTorrent(torrent, tracker.Url);
        foreach (var host in race.Hosts)
        {
            string[] more = host == race.Seeder ? ["--bt-seed-unverified=true"] : [];
            race.Start(host, [Program, .. settings, .. more, "--dir", host.Directory, torrent], line =>
            {
                if (host != race.Seeder && line.Contains("Seeding is", StringComparison.Ordinal))
                    race.HasCompleted(host);
            });
        }
    }
}
