using System.Globalization;

namespace Roj.SwarmBench.Subjects;

/// <summary>libtorrent-rasterbar through its Python binding, tuned for this: see libtorrent_node.py.</summary>
internal sealed class LibtorrentSubject : Subject
{
    /// <summary>What it is called.</summary>
    public const string ToolName = "libtorrent";

    // Debian's own Python, whatever else a PATH has first: the package is built for that one.
    private const string Python = "/usr/bin/python3";

    private static readonly string script = Path.Combine(AppContext.BaseDirectory, "libtorrent_node.py");

    /// <inheritdoc/>
    public override string Name => ToolName;

    /// <inheritdoc/>
    public override string What => "libtorrent, tuned, every node connected to all";

    /// <inheritdoc/>
    public override IReadOnlyList<Requirement> Needs =>
    [
        new("libtorrent for Python", "python3-libtorrent", "/var/lib/dpkg/info/python3-libtorrent.list"),
        new("Python", "python3", Python),
    ];

    /// <inheritdoc/>
    public override void Start(Race race)
    {
        var torrent = Path.Combine(race.Seeder.Directory, "data.torrent");
        race.Run(Python, script, "create", Race.DataPath(race.Seeder), Trial.PieceBytes.ToString(CultureInfo.InvariantCulture), torrent);
        race.HasCreated();
        foreach (var (index, host) in race.Hosts.Index())
        {
            // Both ends would do, but who connects to whom must not be left to chance: everyone to all before it.
            var others = race.Hosts.Take(index).Select(other => other.Address);
            race.Start(host, [Python, script, index == 0 ? "seed" : "take", torrent, host.Directory, host.Address, .. others], line =>
            {
                if (line == "complete")
                    race.HasCompleted(host);
            });
        }
    }
}
