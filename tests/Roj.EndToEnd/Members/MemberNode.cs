using System.Text.Json;

namespace Roj.EndToEnd.Members;

/// <summary>A <c>roj node</c> on a host of the lab, told nothing, and what it says of the others.</summary>
internal sealed class MemberNode(LabHost host)
{
    private LabProcess? process;
    private int life;

    /// <summary>Its address, which is also its name.</summary>
    public string Name => host.Address;

    /// <summary>The program, while it runs.</summary>
    public LabProcess Process => process!;

    /// <summary>Starts it, again with the data that it had.</summary>
    public void Start()
    {
        string[] args = ["node", "--data-dir", Path.Combine(host.Directory, "data"), "--name", Name, "--output", "json"];
        process = host.Start(Repository.Program(), args, log: $"node-{++life}.log");
    }

    /// <summary>Runs a command that asks this node, on its host.</summary>
    public LabProcess Ask(string log, params string[] args) =>
        host.Start(Repository.Program(), [.. args, "--node", $"http://{host.Address}:7070"], log: log);

    /// <summary>What it last said of each member, by name.</summary>
    public Dictionary<string, (string State, string Id, ulong Incarnation)> Members()
    {
        Dictionary<string, (string, string, ulong)> members = [];
        if (!File.Exists(Process.Log))
            return members;
        // The log's lines stand between the objects; the last line may be in the making.
        foreach (var line in File.ReadAllText(Process.Log).Split('\n')[..^1].Where(line => line.StartsWith('{')))
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (root.GetProperty("event").GetString() is not "member")
                continue;
            members[root.GetProperty("name").GetString()!] = (
                root.GetProperty("state").GetString()!, root.GetProperty("id").GetString()!, root.GetProperty("incarnation").GetUInt64());
        }

        return members;
    }

    /// <summary>Whether it believes this of every one of <paramref name="others"/>.</summary>
    public bool Sees(IEnumerable<MemberNode> others, string state)
    {
        var members = Members();
        return others.All(other => other == this || (members.TryGetValue(other.Name, out var member) && member.State == state));
    }
}
