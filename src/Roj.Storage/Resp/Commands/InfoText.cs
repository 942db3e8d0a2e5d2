using System.Globalization;
using System.Text;

namespace Roj.Storage.Resp.Commands;

/// <summary>What INFO says.</summary>
internal static class InfoText
{
    private static readonly (string Name, Func<Conversation, IEnumerable<(string Name, object Value)>> Lines)[] sections =
    [
        ("Server", Server),
        ("Clients", Clients),
        ("Memory", Memory),
        ("Persistence", _ => [("loading", 0)]),
        ("Stats", Stats),
        ("Replication", _ => [("role", "master"), ("connected_slaves", 0), ("master_failover_state", "no-failover")]),
        ("Cluster", _ => [("cluster_enabled", 0)]),
        ("Keyspace", Keyspace),
        ("Roj", Roj),
    ];

    /// <summary>Writes it.</summary>
    /// <param name="c">Who asks.</param>
    /// <param name="wanted">Which sections; none for all.</param>
    public static string Write(Conversation c, IReadOnlyList<string> wanted)
    {
        var isAll = wanted.Count == 0 || wanted.Any(name => Is(name, "all") || Is(name, "default") || Is(name, "everything"));
        var text = new StringBuilder();
        foreach (var (name, lines) in sections.Where(section => isAll || wanted.Any(name => Is(name, section.Name))))
        {
            if (text.Length > 0)
                text.Append("\r\n");
            text.Append(CultureInfo.InvariantCulture, $"# {name}\r\n");
            foreach (var line in lines(c))
                text.Append(CultureInfo.InvariantCulture, $"{line.Name}:{line.Value}\r\n");
        }

        return text.ToString();
    }

    private static bool Is(string given, string name) => given.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<(string Name, object Value)> Server(Conversation c) =>
    [
        ("redis_version", RespSettings.RedisVersion),
        ("redis_mode", "standalone"),
        ("roj_version", c.Facts.Version),
        ("arch_bits", 64),
        ("process_id", c.Facts.ProcessId),
        ("run_id", c.Facts.RunId),
        ("tcp_port", c.Facts.Port),
        ("uptime_in_seconds", (long)c.Facts.Uptime.TotalSeconds),
        ("uptime_in_days", (long)c.Facts.Uptime.TotalDays),
    ];

    private static IEnumerable<(string Name, object Value)> Clients(Conversation c) =>
        [("connected_clients", c.Facts.Clients), ("blocked_clients", 0), ("maxclients", c.Facts.ClientsMax)];

    private static IEnumerable<(string Name, object Value)> Memory(Conversation c) =>
        [("used_memory", c.Facts.MemoryBytes), ("maxmemory", 0), ("maxmemory_policy", "noeviction")];

    private static IEnumerable<(string Name, object Value)> Stats(Conversation c) =>
        [("total_connections_received", c.Facts.ClientsEver), ("total_commands_processed", c.Facts.CommandsEver)];

    private static IEnumerable<(string Name, object Value)> Keyspace(Conversation c) =>
        c.Facts.Keys.Index().Where(database => database.Item > 0)
            .Select(database => ($"db{database.Index}", (object)$"keys={database.Item},expires=0,avg_ttl=0"));

    private static IEnumerable<(string Name, object Value)> Roj(Conversation c) =>
        [("roj_mode", c.Facts.Mode), ("roj_other_copies", c.Facts.OtherCopies)];
}
