using System.Globalization;
using System.Text;
using Roj.Agreement;
using Roj.Election;
using Roj.Host.Election;
using Roj.Host.Tokens;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Wire;
using Roj.Storage;

namespace Roj.Host.Daemon;

/// <summary>One thing that a node may be told, the same on the command line, in the environment and in the configuration file.</summary>
/// <remarks><c>http-port</c> is <c>--http-port</c>, <c>ROJ_HTTP_PORT</c> and the member <c>httpPort</c>.</remarks>
internal sealed class Setting
{
    private const int JoinMax = 256;
    private const int TagsMax = 64;

    private Setting(string name, Func<NodeOptions, IReadOnlyList<string>, NodeOptions?> apply, string takes)
    {
        (Name, Apply, Takes) = (name, apply, takes);
    }

    /// <summary>All of them, but for those that say where the others are.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Word("name", $"a text of 1 to {Profile.NameBytesMax} bytes",
            (o, text) => IsText(text, Profile.NameBytesMax) ? o with { Name = text } : null),
        Word("cluster", $"a text of 1 to {Hello.ClusterBytesMax} bytes",
            (o, text) => IsText(text, Hello.ClusterBytesMax) ? o with { Cluster = text } : null),
        new("join", Join, $"addresses such as 192.168.7.11 or 192.168.7.11:7071, at most {JoinMax}"),
        Word("expect", $"a whole number from 1 to {ReplicaSet.MembersMax}",
            (o, text) => Number(text) is > 0 and <= ReplicaSet.MembersMax and var nodes ? o with { Expect = nodes } : null),
        Word("election", "bully or ring", (o, text) => text switch
        {
            "bully" => o with { Election = ElectionKind.Bully },
            "ring" => o with { Election = ElectionKind.Ring },
            _ => null,
        }),
        Word("lease", "a time from 100ms to 60s, such as 2s or 500ms",
            (o, text) => Time(text) is { } time && time >= ElectionOptions.LeaseMin && time <= ElectionOptions.LeaseMax
                ? o with { Lease = time }
                : null),
        Word("election-wait", "a time from 0s to 60s, such as 15s or 500ms",
            (o, text) => Time(text) is { } time && time <= ElectionOptions.LeaseMax ? o with { ElectionWait = time } : null),
        Word("num-nodes", "a whole number from 1 to 250",
            (o, text) => Number(text) is > 0 and <= 250 and var n ? o with { NumNodes = n } : null),
        Word("ip-offset", "a whole number from 0 to 253", (o, text) => Number(text) is <= 253 and var n ? o with { IpOffset = n } : null),
        Word("broadcast-ip", "an IPv4 address, the network's broadcast address",
            (o, text) => Endpoint.TryParseAddress(text, out var address) ? o with { BroadcastIp = address } : null),
        Word("on-leader", "a command", (o, text) => IsCommand(text) ? o with { OnLeader = text } : null),
        Word("on-color", "a command", (o, text) => IsCommand(text) ? o with { OnColor = text } : null),
        Word("interface", "the name of a network interface, such as eth0",
            (o, text) => IsText(text, 63) ? o with { Interface = text } : null),
        Word("address", "an IPv4 address of this machine, such as 192.168.7.11",
            (o, text) => Endpoint.TryParseAddress(text, out var address) ? o with { Address = address } : null),
        Word("port", "a whole number from 1 to 65535", (o, text) => Port(text) is { } port ? o with { Port = port } : null),
        Word("http-port", "a whole number from 1 to 65535", (o, text) => Port(text) is { } port ? o with { HttpPort = port } : null),
        Word("swarm-port", "a whole number from 1 to 65535", (o, text) => Port(text) is { } port ? o with { SwarmPort = port } : null),
        Word("resp-port", "a whole number from 0 to 65535, 0 for none",
            (o, text) => Number(text) is { } port ? o with { RespPort = port, IsRespPortAsked = true } : null),
        Word("resp-address", "an IPv4 address of this machine, such as 192.168.7.11",
            (o, text) => Endpoint.TryParseAddress(text, out var address) ? o with { RespAddress = address } : null),
        Word("copies", $"a whole number from 1 to {SlotMap.CopiesMax}",
            (o, text) => Number(text) is > 0 and <= SlotMap.CopiesMax and var copies ? o with { Copies = copies } : null),
        Flag("no-broadcast", (o, on) => o with { Broadcast = !on }),
        Flag("no-sweep", (o, on) => o with { Sweep = !on }),
        new("tag", Tag, $"name=value, at most {TagsMax} of them and {Member.TagsBytesMax} bytes in all"),
        new("tokens", TokensOf, $"names such as pi, or with their work such as ring=none:50ms, at most {TokenPlan.Max}"),
        Flag("no-token-sync", (o, on) => o with { TokenSync = !on }),
        Word("log-level", "debug, info, warning or error", (o, text) => text switch
        {
            "debug" => o with { LogLevel = LogLevel.Debug },
            "info" => o with { LogLevel = LogLevel.Info },
            "warning" => o with { LogLevel = LogLevel.Warning },
            "error" => o with { LogLevel = LogLevel.Error },
            _ => null,
        }),
        Word("log-file", "the path of a file",
            (o, text) => IsPath(text) ? o with { LogPath = text } : null),
        Word("key-file", "the path of a file, or - for standard input", (o, text) => IsPath(text) ? o with { KeyPath = text } : null),
        Flag("allow-plain-swarm", (o, on) => o with { AllowPlainSwarm = on }),
        Word("allow-push", "the path of a folder",
            (o, text) => IsPath(text) ? o with { AllowPush = Path.GetFullPath(text) } : null),
        Flag("insecure", (o, on) => o with { Insecure = on }),
        Word("output", "json or text", (o, text) => text is "json" or "text" ? o with { Json = text == "json" } : null),
    ];

    /// <summary>On the command line, without the dashes.</summary>
    public string Name { get; }

    /// <summary>In the environment.</summary>
    public string Variable => "ROJ_" + Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>In the configuration file.</summary>
    public string Key => string.Concat(Name.Split('-').Select((part, i) => i == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..]));

    /// <summary>What it takes, for complaints.</summary>
    public string Takes { get; }

    /// <summary>Whether it takes several values.</summary>
    public bool IsList => Name is "join" or "tag" or "tokens";

    /// <summary>The options with this one set to these words; null if they are none for it.</summary>
    public Func<NodeOptions, IReadOnlyList<string>, NodeOptions?> Apply { get; }

    private static Setting Word(string name, string takes, Func<NodeOptions, string, NodeOptions?> apply) =>
        new(name, (options, words) => words is [var word] ? apply(options, word) : null, takes);

    private static Setting Flag(string name, Func<NodeOptions, bool, NodeOptions> apply) =>
        Word(name, "true or false", (o, word) => word switch
        {
            "true" or "1" => apply(o, true),
            "false" or "0" => apply(o, false),
            _ => null,
        });

    private static bool IsPath(string text) => Path.GetFileName(text).Length > 0 && !text.Contains('\0', StringComparison.Ordinal);

    private static bool IsText(string text, int bytesMax) =>
        text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= bytesMax && !text.Any(char.IsControl);

    private static ushort? Number(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool IsCommand(string text) => text.Trim().Length > 0 && !text.Contains('\0', StringComparison.Ordinal);

    // 500ms, 2s, or 2: seconds where nothing is said, as in NEW_CLIENT_TIMEOUT.
    private static TimeSpan? Time(string text)
    {
        var (digits, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], TimeSpan.FromMilliseconds(1))
            : (text.EndsWith('s') ? text[..^1] : text, TimeSpan.FromSeconds(1));
        return ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number * unit
            : null;
    }

    private static ushort? Port(string text) =>
        Number(text) is > 0 and var port ? port : null;

    private static NodeOptions? Join(NodeOptions options, IReadOnlyList<string> words)
    {
        const StringSplitOptions Tidily = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        List<Endpoint> join = [];
        foreach (var word in words.SelectMany(word => word.Split(',', Tidily)))
        {
            if (!Endpoint.TryParse(word, out var endpoint) || endpoint.Port == 0)
            {
                if (!Endpoint.TryParseAddress(word, out var address))
                    return null;
                endpoint = new Endpoint(address, 0);
            }

            if (!endpoint.WithPort(1).IsUsable || join.Count == JoinMax)
                return null;
            join.Add(endpoint);
        }

        return options with { Join = join };
    }

    private static NodeOptions? TokensOf(NodeOptions options, IReadOnlyList<string> words)
    {
        List<TokenPlan> plans = [];
        foreach (var word in words.SelectMany(word => word.Split(',')))
        {
            if (TokenPlan.Read(word) is not { } plan || plans.Any(other => other.Name == plan.Name) || plans.Count == TokenPlan.Max)
                return null;
            plans.Add(plan);
        }

        return options with { Tokens = plans };
    }

    private static NodeOptions? Tag(NodeOptions options, IReadOnlyList<string> words)
    {
        List<KeyValuePair<string, string>> tags = [];
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !IsText(word, Member.TagsBytesMax) || tags.Any(tag => tag.Key == word[..equals]))
                return null;
            tags.Add(new(word[..equals], word[(equals + 1)..]));
        }

        return tags.Count <= TagsMax && Tags.Write(tags).Length <= Member.TagsBytesMax ? options with { Tags = tags } : null;
    }
}
