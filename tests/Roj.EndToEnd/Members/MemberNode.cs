using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Roj.EndToEnd.Members;

/// <summary>A <c>roj node</c> on a host of the lab, told nothing, and what it says of the others.</summary>
/// <param name="host">Where it runs.</param>
#pragma warning disable CA1852 // benchmarks compile it too, and have no other kind
internal class MemberNode(LabHost host) : Agent(host)
#pragma warning restore CA1852
{
    // Of this program alone: the lab's addresses mean something else in the next lab.
    private static readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    private readonly Dictionary<string, (string State, string Id, ulong Incarnation)> members = [];

    private int asked;

    /// <summary>The file with the cluster's key that it is started with; null for none.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Where it keeps its data.</summary>
    public string DataPath { get; init; } = Path.Combine(host.Directory, "data");

    /// <summary>Runs a command that asks this node, on its host: it finds it there by itself, and its token.</summary>
    public LabProcess Ask(string log, params string[] args) =>
        Host.Start(Repository.Program(), args, new Dictionary<string, string?> { ["ROJ_DATA_DIR"] = DataPath }, log);

    /// <summary>Runs such a command to its end, and gives back what it said.</summary>
    /// <exception cref="LabException">It failed, or took longer than <paramref name="limit"/>.</exception>
    public async Task<string> AnswerAsync(TimeSpan limit, params string[] args)
    {
        var process = Ask(string.Create(CultureInfo.InvariantCulture, $"asked-{++asked}.log"), args);
        var code = await process.ExitAsync(limit).ConfigureAwait(false);
        var answer = File.ReadAllText(process.Log).Trim();
        return code == 0 ? answer : throw new LabException($"roj {string.Join(' ', args)} at {Name}: exit code {code}: {answer}");
    }

    /// <summary>Asks it by HTTP, from outside of its host.</summary>
    /// <param name="method">GET, POST and so on.</param>
    /// <param name="path">What for.</param>
    /// <param name="token">The token to show; null for none.</param>
    /// <param name="body">What to send along, as JSON; null for nothing.</param>
    public async Task<(int Status, string Text)> HttpAsync(HttpMethod method, string path, string? token = null, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"http://{Name}:7070{path}"));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        using var answer = await http.SendAsync(request).ConfigureAwait(false);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync().ConfigureAwait(false));
    }

    /// <summary>The token by which it lets others read; null for a node without a key.</summary>
    public string? Token() =>
        Path.Combine(DataPath, "token") is var path && File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    /// <summary>What it last said of each member, by name.</summary>
    public IReadOnlyDictionary<string, (string State, string Id, ulong Incarnation)> Members => members;

    /// <summary>Asks it, by HTTP, whom it sees alive, in one word.</summary>
    public async Task<string> RosterHashAsync()
    {
        var (_, members) = await HttpAsync(HttpMethod.Get, "/api/v1/members", Token()).ConfigureAwait(false);
        using var json = JsonDocument.Parse(members);
        return json.RootElement.GetProperty("rosterHash").GetString()!;
    }

    /// <inheritdoc/>
    protected override string Program => Repository.Program();

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments =>
    [
        "node", "--data-dir", DataPath, "--name", Name, "--output", "json", .. KeyPath is { } key ? ["--key-file", key] : (string[])[],
    ];

    /// <inheritdoc/>
    protected override (string Name, string State)? Read(string line)
    {
        // The log's lines stand between the objects.
        if (!line.StartsWith('{'))
            return null;
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        if (!root.TryGetProperty("event", out var what) || what.GetString() is not "member")
            return null; // something else, or why it ended
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
