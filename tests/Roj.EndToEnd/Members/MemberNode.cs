using System.Text.Json;

namespace Roj.EndToEnd.Members;

/// <summary>A <c>roj node</c> on a host of the lab, told nothing, and what it says of the others.</summary>
/// <param name="host">Where it runs.</param>
/// <param name="more">What it is always told besides.</param>
internal sealed class MemberNode(LabHost host, params string[] more) : Agent(host)
{
    // Of this program alone: the lab's addresses mean something else in the next lab.
    private static readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    private readonly Dictionary<string, (string State, string Id, ulong Incarnation)> members = [];

    /// <summary>Runs a command that asks this node, on its host: it finds it there by itself.</summary>
    public LabProcess Ask(string log, params string[] args) => Host.Start(Repository.Program(), args, log: log);

    /// <summary>What it last said of each member, by name.</summary>
    public IReadOnlyDictionary<string, (string State, string Id, ulong Incarnation)> Members => members;

    /// <summary>Asks it, by HTTP, whom it sees alive, in one word.</summary>
    public async Task<string> RosterHashAsync()
    {
        var members = await http.GetStringAsync(new Uri($"http://{Name}:7070/api/v1/members")).ConfigureAwait(false);
        using var json = JsonDocument.Parse(members);
        return json.RootElement.GetProperty("rosterHash").GetString()!;
    }

    /// <inheritdoc/>
    protected override string Program => Repository.Program();

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments =>
        ["node", "--data-dir", Path.Combine(Host.Directory, "data"), "--name", Name, "--output", "json", .. more];

    /// <inheritdoc/>
    protected override (string Name, string State)? Read(string line)
    {
        // The log's lines stand between the objects.
        if (!line.StartsWith('{'))
            return null;
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        if (root.GetProperty("event").GetString() is not "member")
            return null;
        var (name, state) = (root.GetProperty("name").GetString()!, root.GetProperty("state").GetString()!);
        members[name] = (state, root.GetProperty("id").GetString()!, root.GetProperty("incarnation").GetUInt64());
        return (name, state);
    }

    /// <inheritdoc/>
    protected override void Forget()
    {
        base.Forget();
        members.Clear();
    }
}
