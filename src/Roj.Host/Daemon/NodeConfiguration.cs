using System.Text.Json;
using Roj.Host.Disk;
using Roj.Host.Security;

namespace Roj.Host.Daemon;

/// <summary>Makes one set of options of what the user said in several places: the command line over the environment over the
/// configuration file.</summary>
public static class NodeConfiguration
{
    private const int FileBytesMax = 64 * 1024;
    private const string KeyVariable = "ROJ_KEY";

    // What the programs that Roj replaces call the same things; our own names win.
    private static readonly (string Variable, string Name)[] OtherNames =
    [
        ("INTERFACE_NAME", "interface"), ("BROADCAST_PORT", "port"), ("HTTP_PORT", "http-port"), ("IP_ADDRESS", "address"),
        ("NEW_CLIENT_TIMEOUT", "election-wait"), ("NUM_NODES", "num-nodes"), ("IP_OFFSET", "ip-offset"), ("BROADCAST_IP", "broadcast-ip"),
    ];

    // Of other commands, of our tests, and those that say where the settings are.
    private static readonly string[] OtherVariables =
    [
        "ROJ_DATA_DIR", "ROJ_CONFIG", "ROJ_NODE", "ROJ_TERM", "ROJ_COLOR", "ROJ_FILE", "ROJ_FILE_ID", "ROJ_TOKEN",
        "ROJ_TOKEN_FILE", KeyVariable,
    ];

    /// <summary>The names of all settings that may be on the command line besides <c>data-dir</c> and <c>config</c>, and whether each
    /// may be repeated.</summary>
    public static IEnumerable<(string Name, string Takes, bool IsList)> Settings =>
        Setting.All.Select(setting => (setting.Name, setting.Takes, setting.IsList));

    /// <summary>Which of an environment's variables look like settings and are none: typing errors, mostly.</summary>
    public static IEnumerable<string> Unknown(IEnumerable<string> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return variables.Where(name => name.StartsWith("ROJ_", StringComparison.Ordinal)
            && !OtherVariables.Contains(name) && Setting.All.All(setting => setting.Variable != name)).Order(StringComparer.Ordinal);
    }

    /// <summary>Reads everything.</summary>
    /// <param name="words">What the command line says, by the name of the setting (<c>http-port</c>); a flag's word is true.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="isRoot">Whether the data directory is the system's, if nobody says where it is.</param>
    /// <exception cref="NodeException">Something is not as it must be; the message says what, and where. The user must change
    /// it.</exception>
    public static NodeOptions Read(
        IReadOnlyDictionary<string, IReadOnlyList<string>> words, Func<string, string?> environment, bool isRoot)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(environment);
        string? Variable(string name) => environment(name) is { Length: > 0 } value ? value : null;
        string? Where(string name, string variable) => words.TryGetValue(name, out var said) ? said[^1] : Variable(variable);

        var dataPath = Where("data-dir", "ROJ_DATA_DIR") ?? DataDirectory.DefaultPath(Variable, isRoot)
            ?? throw new NodeException("there is no HOME to keep the node's data in: say where with --data-dir", isWrongUse: true);
        if (dataPath.Length == 0 || dataPath.Contains('\0', StringComparison.Ordinal))
            throw new NodeException("--data-dir takes the path of a directory", isWrongUse: true);
        var options = new NodeOptions { DataPath = Path.GetFullPath(dataPath) };

        var configPath = Where("config", "ROJ_CONFIG");
        options = ReadFile(options, configPath ?? Path.Combine(options.DataPath, "roj.json"), mayBeMissing: configPath is null);
        foreach (var (variable, name) in OtherNames)
        {
            if (Variable(variable) is { } value)
                options = Apply(options, Setting.All.First(setting => setting.Name == name), [value], variable);
        }

        foreach (var setting in Setting.All)
        {
            if (Variable(setting.Variable) is { } value)
                options = Apply(options, setting, setting.IsList ? value.Split(',') : [value], setting.Variable);
        }

        if (!words.ContainsKey("key-file") && Variable(KeyVariable) is { } secret)
            options = WithKey(options, secret, KeyVariable);
        foreach (var setting in Setting.All)
        {
            if (words.TryGetValue(setting.Name, out var said))
                options = Apply(options, setting, said, $"--{setting.Name}");
        }

        return options;
    }

    /// <summary>The options with one setting as these words say.</summary>
    /// <param name="options">The others.</param>
    /// <param name="name">Which, such as <c>http-port</c>.</param>
    /// <param name="words">What it is to be.</param>
    /// <param name="place">Where the user said so, for the complaint.</param>
    /// <exception cref="NodeException">It can't be that; the message says what it may be.</exception>
    public static NodeOptions With(NodeOptions options, string name, IReadOnlyList<string> words, string place) =>
        Apply(options, Setting.All.First(setting => setting.Name == name), words, place);

    /// <summary>The options with this key: no setting like the others, for it is never on a command line, and no complaint repeats
    /// it.</summary>
    /// <param name="options">The others.</param>
    /// <param name="secret">The key as text.</param>
    /// <param name="place">Where the user said so, for the complaint.</param>
    /// <exception cref="NodeException">It is no key; the message says why.</exception>
    public static NodeOptions WithKey(NodeOptions options, string secret, string place)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            return KeyFile.Parse(place, secret) is [var key]
                ? options with { Key = key }
                : throw new NodeException($"{place} has one key; several stand in a file: --key-file", isWrongUse: true);
        }
        catch (KeyException e)
        {
            throw new NodeException(e.Message, isWrongUse: true);
        }
    }

    private static NodeOptions ReadFile(NodeOptions options, string path, bool mayBeMissing)
    {
        if (mayBeMissing && !File.Exists(path) && !Directory.Exists(path))
            return options;
        try
        {
            using var document = JsonDocument.Parse(InputFile.Read(path, FileBytesMax));
            return Apply(options, path, document.RootElement);
        }
        catch (JsonException e)
        {
            throw new NodeException($"{path}: line {e.LineNumber + 1} is not JSON", isWrongUse: true);
        }
        catch (InvalidOperationException)
        {
            throw new NodeException($"{path}: half a surrogate pair is no text", isWrongUse: true);
        }
        catch (SyncException e)
        {
            throw new NodeException(e.Message, isWrongUse: true);
        }
    }

    private static NodeOptions Apply(NodeOptions options, string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new NodeException($"{path} must be a JSON object, such as {{ \"cluster\": \"roj\" }}", isWrongUse: true);
        SortedSet<string> seen = new(StringComparer.Ordinal);
        foreach (var member in root.EnumerateObject())
        {
            var place = $"{path}: {member.Name}";
            if (!seen.Add(member.Name))
                throw new NodeException($"{place} is there twice", isWrongUse: true);
            var setting = Setting.All.FirstOrDefault(setting => setting.Key == member.Name) ?? throw new NodeException(
                $"{place} is no setting; there are {string.Join(", ", Setting.All.Select(known => known.Key))}", isWrongUse: true);
            options = Apply(options, setting, Words(member.Value), place);
        }

        return options;
    }

    private static NodeOptions Apply(NodeOptions options, Setting setting, IReadOnlyList<string> words, string place) =>
        setting.Apply(options, words)
            ?? throw new NodeException($"{place} takes {setting.Takes}, not '{string.Join(' ', words)}'", isWrongUse: true);

    // An object is a list of names and values, for tags.
    private static string[] Words(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => [.. value.EnumerateArray().SelectMany(Words)],
        JsonValueKind.Object => [.. value.EnumerateObject().Select(member => $"{member.Name}={member.Value}")],
        JsonValueKind.String => [value.GetString()!],
        _ => [value.GetRawText()],
    };
}
