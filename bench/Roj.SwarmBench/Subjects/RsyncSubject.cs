using System.Globalization;

namespace Roj.SwarmBench.Subjects;

/// <summary>An rsync daemon on every receiver, and the sender writes to all of them at once.</summary>
internal sealed class RsyncSubject : Subject
{
    private const string Program = "/usr/bin/rsync";
    private const int Port = 8730;

    /// <inheritdoc/>
    public override string Name => "rsync";

    /// <inheritdoc/>
    public override string What => "rsync -W --inplace to all at once";

    /// <inheritdoc/>
    public override IReadOnlyList<Requirement> Needs => [new("rsync", "rsync", Program)];

    /// <inheritdoc/>
    public override bool IsFanOut => true;

    /// <inheritdoc/>
    public override void Start(Race race)
    {
        var port = Port.ToString(CultureInfo.InvariantCulture);
        foreach (var host in race.Receivers)
        {
            var configuration = Path.Combine(host.Directory, "rsyncd.conf");
            File.WriteAllText(configuration, $"use chroot = no\nuid = 0\ngid = 0\n[data]\npath = {host.Directory}\nread only = no\n");
            race.Start(host, [Program, "--daemon", "--no-detach", "--port", port, "--config", configuration, "--log-file", "rsyncd.log"]);
        }

        // A daemon needs a moment to listen, and rsync does not try again by itself.
        const string Send = """until "$0" -W --inplace "$1" "$2"; do sleep 0.005; done""";
        foreach (var host in race.Receivers)
        {
            race.Start(
                race.Seeder,
                ["/bin/sh", "-c", Send, Program, Race.DataPath(race.Seeder), $"rsync://{host.Address}:{port}/data/"],
                ends: () => race.HasCompleted(host));
        }
    }
}
