using System.Globalization;
using System.Text.Json;
using Roj.EndToEnd.Members;

namespace Roj.EndToEnd.Elections;

/// <summary>A <c>roj node</c> on a host of the lab, and what it says of elections.</summary>
/// <param name="host">Where it runs.</param>
internal sealed class ElectionNode(LabHost host) : MemberNode(host)
{
    private readonly List<ElectionNews> news = [];

    /// <summary>Where it is called; the host's own address, unless the host has another besides.</summary>
    public override string Name => At ?? base.Name;

    /// <summary>Another address that its host has; null for none.</summary>
    public string? At { get; init; }

    /// <summary>What its environment says of it.</summary>
    public IReadOnlyDictionary<string, string?> Told { get; init; } = new SortedDictionary<string, string?>();

    /// <summary>What it is told on its command line besides.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Its id; empty before it has said it.</summary>
    public string Id { get; private set; } = "";

    /// <summary>All that it said of elections, in every life, in order.</summary>
    public IReadOnlyList<ElectionNews> News => news;

    /// <summary>What it said of elections in this life.</summary>
    public IReadOnlyList<ElectionNews> NewsOfLife => [.. news.Skip(lifeBegan)];

    private int lifeBegan;

    /// <summary>Who leads, as it last said; null if nobody does, or it has not said anything.</summary>
    public ElectionNews? Leader => news.Skip(lifeBegan).LastOrDefault(one => one.Kind == "leader.changed") is { Leader: not null } said
        ? said : null;

    /// <summary>Whether it leads, as it last said.</summary>
    public bool IsLeading => Leader?.Leader == Id && Id.Length > 0;

    /// <summary>What it says by HTTP of who plays which part, and under whom.</summary>
    public async Task<(long Term, long Version, string? Leader, IReadOnlyDictionary<string, string> Colours)> ColoursAsync()
    {
        using var json = JsonDocument.Parse(await ReadAsync("/api/v1/colors").ConfigureAwait(false));
        var root = json.RootElement;
        var colours = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string? leader = null;
        foreach (var one in root.GetProperty("nodes").EnumerateArray())
        {
            var id = one.GetProperty("node").GetProperty("id").GetString()!;
            colours.Add(id, one.GetProperty("color").GetString()!);
            leader = one.GetProperty("isLeader").GetBoolean() ? id : leader;
        }

        return (root.GetProperty("term").GetInt64(), root.GetProperty("version").GetInt64(), leader, colours);
    }

    /// <summary>What it says by HTTP of who leads.</summary>
    public async Task<(string? Leader, long Term, bool IsSelf, string Mode, string Election, string Colour)> LeaderAsync()
    {
        using var json = JsonDocument.Parse(await ReadAsync("/api/v1/leader").ConfigureAwait(false));
        var root = json.RootElement;
        var leader = root.TryGetProperty("leader", out var its) && its.ValueKind is JsonValueKind.Object
            ? its.GetProperty("id").GetString() : null;
        return (leader, root.GetProperty("term").GetInt64(), root.GetProperty("isSelf").GetBoolean(), root.GetProperty("mode").GetString()!,
            root.GetProperty("election").GetString()!, root.GetProperty("color").GetString()!);
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> Arguments => [.. base.Arguments, .. Words];

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string?>? Variables => Told;

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
        lifeBegan = news.Count;
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
        if (kind is not ("leader.changed" or "colors.changed" or "election.step" or "hook"))
            return;
        var message = root.GetProperty("message").GetString()!;
        var leader = kind == "leader.changed" && root.TryGetProperty("id", out var id) ? id.GetString() : null;
        var term = leader is null ? 0
            : ulong.Parse(message.AsSpan(message.LastIndexOf(' ') + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        news.Add(new ElectionNews(root.GetProperty("time").GetDateTimeOffset(), kind, message, leader, term));
    }
}
