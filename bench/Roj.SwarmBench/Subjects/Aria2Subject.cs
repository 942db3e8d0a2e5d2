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
        "--disable-ipv6=true", "--enable-dht=false", "--bt-enable-lpd=false",
        "--summary-interval=0", "--show-console-readout=false",
        // It says nothing when a file is complete and it goes on giving, but it runs a program then: GID, number of files, first path.
        "--on-bt-download-complete=/bin/echo",
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
        race.Own(tracker);
        var torrent = Path.Combine(race.Seeder.Directory, "data.torrent");
        race.Describe().WriteTorrent(torrent, tracker.Url);
        foreach (var host in race.Hosts)
        {
            string[] more = host == race.Seeder ? ["--bt-seed-unverified=true"] : [];
            race.Start(host, [Program, .. settings, .. more, "--dir", host.Directory, torrent], line =>
            {
                if (host != race.Seeder && line.EndsWith(" 1 " + Race.DataPath(host), StringComparison.Ordinal))
                    race.HasCompleted(host);
            });
        }
    }
}
