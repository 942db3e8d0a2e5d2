namespace Roj.SwarmBench.Subjects;

/// <summary>Everyone writes what it gets to its file and to the next: as fast as a link, until one of them fails.</summary>
internal sealed class ChainSubject : Subject
{
    private const string Netcat = "/usr/bin/nc.openbsd";
    private const string Port = "7000";

    // nc -d reads no standard input and ends with its connection; -N ends the connection with its input. The next may not listen yet.
    private const string Middle =
        """set -o pipefail; "$0" -d -l "$1" | tee "$2" | { until "$0" -N "$3" "$1" 2>/dev/null; do sleep 0.005; done; }""";

    private const string Last = """exec "$0" -d -l "$1" > "$2" """;
    private const string First = """until "$0" -N "$3" "$1" < "$2" 2>/dev/null; do sleep 0.005; done""";

    /// <inheritdoc/>
    public override string Name => "chain";

    /// <inheritdoc/>
    public override string What => "nc -l | tee FILE | nc NEXT, nothing checked, no failure survived";

    /// <inheritdoc/>
    public override IReadOnlyList<Requirement> Needs => [new("OpenBSD's netcat", "netcat-openbsd", Netcat)];

    /// <inheritdoc/>
    public override void Start(Race race)
    {
        foreach (var (index, host) in race.Hosts.Index().Reverse())
        {
            var next = index + 1 < race.Hosts.Count ? race.Hosts[index + 1].Address : null;
            var script = index == 0 ? First : next is null ? Last : Middle;
            race.Start(
                host,
                ["/bin/bash", "-c", script, Netcat, Port, Race.DataPath(host), next ?? ""],
                ends: () => Ended(race, index));
        }
    }

    private static void Ended(Race race, int index)
    {
        if (index > 0)
            race.HasCompleted(race.Hosts[index]);
    }
}
