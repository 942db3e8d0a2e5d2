namespace Roj.EndToEnd.Members;

/// <summary>A program that keeps track of the members of a cluster, on a host of the lab, by what it says of them in its log.</summary>
/// <remarks>Logs are on a tmpfs, and nothing is asked: sixty programs are followed for a hundredth of a core.</remarks>
internal abstract class Agent(LabHost host)
{
    private readonly Dictionary<string, string> states = [];
    private readonly List<Sighting> sightings = [];
    private LabProcess? process;
    private LogTail? log;
    private int life;

    /// <summary>Where it runs.</summary>
    public LabHost Host => host;

    /// <summary>Its address, which is also its name.</summary>
    public virtual string Name => host.Address;

    /// <summary>The program, while it runs.</summary>
    public LabProcess Process => process!;

    /// <summary>All that it ever said, in order.</summary>
    public IReadOnlyList<Sighting> Sightings => sightings;

    /// <summary>Starts it, again with the data that it had.</summary>
    /// <param name="more">What it is told besides.</param>
    public void Start(params string[] more)
    {
        Look();
        Forget();
        var name = $"node-{++life}.log";
        log = new LogTail(Path.Combine(host.Directory, name));
        process = host.Start(Program, [.. Arguments, .. more], Variables, name);
    }

    /// <summary>Reads what it said since the last look.</summary>
    public void Look()
    {
        foreach (var line in log?.Lines() ?? [])
        {
            if (Read(line) is not var (name, state))
                continue;
            states[name] = state;
            sightings.Add(new Sighting(Watch.Now, Name, name, state));
        }
    }

    /// <summary>Whether it last said this of every one of <paramref name="others"/>.</summary>
    public bool Sees(IEnumerable<Agent> others, string state) => others.All(other => other == this || Said(other) == state);

    /// <summary>What it last said of <paramref name="other"/>; null if nothing.</summary>
    public string? Said(Agent other) => states.GetValueOrDefault(other.Name);

    /// <summary>The program.</summary>
    protected abstract string Program { get; }

    /// <summary>What it is always told.</summary>
    protected abstract IEnumerable<string> Arguments { get; }

    /// <summary>What its environment says besides; null for nothing.</summary>
    protected virtual IReadOnlyDictionary<string, string?>? Variables => null;

    /// <summary>What a line of its log says of whom; null if it is about something else.</summary>
    protected abstract (string Name, string State)? Read(string line);

    /// <summary>A new life begins.</summary>
    protected virtual void Forget() => states.Clear();
}
