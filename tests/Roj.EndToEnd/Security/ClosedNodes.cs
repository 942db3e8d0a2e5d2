using System.Text.Json;
using Roj.EndToEnd.Members;

namespace Roj.EndToEnd.Security;

/// <summary>Nodes with a key.</summary>
internal static class ClosedNodes
{
    /// <summary>What is waited for at most, on a machine where others work too.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A new key.</summary>
    public static string NewKey() => Tool.Run(Repository.Program(), ["keygen"]).Trim();

    /// <summary>A node on each host, all of which were given this key.</summary>
    public static MemberNode[] Of(IEnumerable<LabHost> hosts, string key) => [.. hosts.Select(host => Of(host, key))];

    /// <summary>A node that was given this key.</summary>
    public static MemberNode Of(LabHost host, string key)
    {
        var node = new MemberNode(host) { KeyPath = Path.Combine(host.Directory, "given.key") };
        GiveKey(node, key);
        return node;
    }

    /// <summary>Gives it another, for when it is started again.</summary>
    public static void GiveKey(MemberNode node, string key)
    {
        File.WriteAllText(node.KeyPath!, key + "\n");
        if (!OperatingSystem.IsWindows()) // the lab is Linux, but who compiles this can't know
            File.SetUnixFileMode(node.KeyPath!, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Which keys a node has, by name: the first is spoken, all are heard.</summary>
    public static async Task<IReadOnlyList<string>> KeysAsync(MemberNode node)
    {
        using var json = JsonDocument.Parse(await node.AnswerAsync(Patience, "key", "list", "--output", "json").ConfigureAwait(false));
        return [.. json.RootElement.GetProperty("keys").EnumerateArray().Select(key => key.GetString()!)];
    }

    /// <summary>Waits until a node has this key in front.</summary>
    public static async Task SpeaksAsync(MemberNode node, string key)
    {
        var end = Watch.Now + Patience;
        while (await KeysAsync(node).ConfigureAwait(false) is var keys && keys[0] != key)
        {
            if (Watch.Now > end)
                throw new LabException($"{node.Name} speaks {keys[0]}, not {key}");
            await Task.Delay(100).ConfigureAwait(false);
        }
    }

    /// <summary>Has a node rotate, and gives back the new key's name, and who could not be told.</summary>
    public static async Task<(string Key, string[] Missed)> RotateAsync(MemberNode node, params string[] more)
    {
        using var json = JsonDocument.Parse(
            await node.AnswerAsync(Patience, ["key", "rotate", "--output", "json", .. more]).ConfigureAwait(false));
        var root = json.RootElement;
        return (root.GetProperty("key").GetString()!, [.. root.GetProperty("missed").EnumerateArray().Select(one => one.GetString()!)]);
    }

    /// <summary>The warnings in a node's log.</summary>
    public static string[] Warnings(MemberNode node) =>
    [
        .. File.ReadAllText(node.Process.Log).Split('\n')[..^1].Where(line => line.StartsWith('{'))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(json => json.GetProperty("event").GetString() == "warning")
            .Select(json => json.GetProperty("message").GetString()!),
    ];
}
