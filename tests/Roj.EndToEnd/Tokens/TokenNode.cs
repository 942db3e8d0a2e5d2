using System.Globalization;
using System.Text.Json;
using Roj.EndToEnd.Members;

namespace Roj.EndToEnd.Tokens;

/// <summary>A <c>roj node</c> on a host of the lab, and what it says of its tokens.</summary>
/// <param name="host">Where it runs.</param>
internal sealed class TokenNode(LabHost host) : MemberNode(host)
{
    private readonly List<TokenNews> news = [];

    /// <summary>What it is told on its command line besides.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Its id; empty before it has said it.</summary>
    public string Id { get; private set; } = "";

    /// <summary>All that it said of its tokens, in every life, in order.</summary>
    public IReadOnlyList<TokenNews> News => news;

    /// <summary>When it said of each other node for the first time that it is alive, in this life.</summary>
    public SortedDictionary<string, DateTimeOffset> Met { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it has said that it can be called.</summary>
    public bool Listens()
    {
        Look();
        return Id.Length > 0;
    }

    /// <summary>How a token stands, as it says by HTTP.</summary>
    public async Task<TokenSight> TokenAsync(string name)
    {
        using var json = JsonDocument.Parse(await ReadAsync($"/api/v1/token?name={name}").ConfigureAwait(false));
        var root = json.RootElement;
        return new TokenSight(
            root.GetProperty("state").GetString()!,
            root.GetProperty("holder").GetString(),
            root.GetProperty("epoch").GetUInt64(),
            root.GetProperty("sequence").GetUInt64(),
            root.GetProperty("progress").GetUInt64(),
            root.GetProperty("turns").GetInt64());
    }

    /// <summary>The same; null if it does not answer.</summary>
    public async Task<TokenSight?> TryTokenAsync(string name)
    {
        try
        {
            return await TokenAsync(name).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or LabException)
        {
            return null;
        }
    }

    /// <summary>The last that happened to a token, as it says by HTTP: for people.</summary>
    public async Task<string> LogAsync(string name)
    {
        using var json = JsonDocument.Parse(await ReadAsync($"/api/v1/token/log?name={name}").ConfigureAwait(false));
        return string.Join('\n', json.RootElement.GetProperty("entries").EnumerateArray().TakeLast(20).Select(one => string.Create(
            CultureInfo.InvariantCulture,
            $"  {one.GetProperty("time").GetDateTimeOffset():HH:mm:ss.fff} {one.GetProperty("event").GetString()} "
                + $"{one.GetProperty("epoch").GetUInt64()}.{one.GetProperty("sequence").GetUInt64()} "
                + $"{one.GetProperty("message").GetString()}")));
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments => [.. base.Arguments, .. Words];

    /// <inheritdoc/>
    protected override (string Name, string State)? Read(string line)
    {
        if (line.StartsWith('{'))
            Note(line);
        return base.Read(line);
    }

    /// <inheritdoc/>
    protected override void Forget()
    {
        base.Forget();
        Met.Clear();
    }

    private async Task<string> ReadAsync(string path)
    {
        var (status, text) = await HttpAsync(HttpMethod.Get, path, Token()).ConfigureAwait(false);
        return status == 200 ? text : throw new LabException($"GET {path} at {Name}: {status}: {text}");
    }

    private void Note(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        var kind = root.TryGetProperty("event", out var what) ? what.GetString()! : "";
        if (kind == "listening")
            Id = root.GetProperty("id").GetString()!;
        if (kind == "member" && root.GetProperty("state").GetString() == "alive")
            Met.TryAdd(root.GetProperty("name").GetString()!, root.GetProperty("time").GetDateTimeOffset());
        if (kind.StartsWith("token.", StringComparison.Ordinal))
            news.Add(new TokenNews(root.GetProperty("time").GetDateTimeOffset(), kind, root.GetProperty("message").GetString()!));
    }
}
