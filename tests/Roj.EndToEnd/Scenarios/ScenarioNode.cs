namespace Roj.EndToEnd;

/// <summary>A node of a running scenario: a host, its two files, and the program while it runs.</summary>
internal sealed class ScenarioNode
{
    private const int Readings = 2;

    private const string LogName = "roj.log";

    private readonly string program;
    private readonly string configuration;
    private readonly List<Termination> terminations = [];

    /// <summary>Writes the node's files into its host.</summary>
    public ScenarioNode(LabHost host, NodePlan plan, SharedFile file, string program)
    {
        Host = host;
        this.program = program;
        configuration = Path.Combine(host.Directory, "torrent.conf");
        File.WriteAllBytes(configuration, plan.Configuration);
        Judge = new Judge(file, Path.Combine(host.Directory, "data.bin"));
        file.WriteInitial(plan.Data, Judge.Path);
    }

    /// <summary>Where it runs.</summary>
    public LabHost Host { get; }

    /// <summary>Who tells whether its data file is right.</summary>
    public Judge Judge { get; }

    /// <summary>The program, if it has been started and not been ended.</summary>
    public LabProcess? Running { get; private set; }

    /// <summary>How it ended, each time that it was asked to.</summary>
    public IReadOnlyList<Termination> Terminations => terminations;

    /// <summary>The most connections that were ever seen at once.</summary>
    public int ConnectionsMax { get; private set; }

    /// <summary>Starts the program, which must not be running.</summary>
    public void Start() => Running = Host.Start(
        program,
        ["sync", "--config", configuration, "--data", Judge.Path, "--address", Host.Address],
        log: LogName);

    /// <summary>SIGTERM, then SIGKILL after 10 s.</summary>
    public async Task TerminateAsync()
    {
        if (Running is not { } process)
            return;
        Running = null;
        terminations.Add(await process.TerminateAsync().ConfigureAwait(false));
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (Running is not { } process)
            return;
        Running = null;
        await process.KillAsync().ConfigureAwait(false);
    }

    /// <summary>Notes what the program uses just now.</summary>
    public void Sample()
    {
        Running?.Sample();
        // The kernel's list takes milliseconds to read, and has both who left meanwhile and who came: what is there is in each reading.
        var connections = Host.Connections();
        for (var again = 0; again < Readings && connections > ConnectionsMax; again++)
            connections = Math.Min(connections, Host.Connections());
        ConnectionsMax = Math.Max(ConnectionsMax, connections);
    }
}
