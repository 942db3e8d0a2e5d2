using Roj.Host.Daemon;
using Roj.Host.Security;

namespace Roj.Cli;

/// <summary>The keys that this user has, from wherever a node would have one.</summary>
internal static class NodeKey
{
    /// <summary>All that can be read; which of them is the cluster's the node says. What can't be read is not there: without a key less can
    /// be seen, and nothing fails.</summary>
    public static IReadOnlyList<ClusterKey> Find()
    {
        string? Given(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
        List<ClusterKey> keys = [];
        if (Given("ROJ_KEY") is { } text && ClusterKey.TryParse(text, out var key, out _))
            keys.Add(key);
        if (Given("ROJ_KEY_FILE") is { } path && path != KeyFile.StandardInput)
            Add(keys, () => KeyFile.Read(path, _ => { }));
        if ((Given("ROJ_DATA_DIR") ?? DataDirectory.DefaultPath(Given, Environment.IsPrivilegedProcess)) is { } directory)
            Add(keys, () => [KeyStore.Spoken(directory)]);
        return keys;
    }

    private static void Add(List<ClusterKey> keys, Func<IEnumerable<ClusterKey>> read)
    {
        try
        {
            keys.AddRange(read());
        }
        catch (KeyException)
        {
            // That place has none for us.
        }
    }
}
