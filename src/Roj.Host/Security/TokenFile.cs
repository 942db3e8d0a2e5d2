using Roj.Host.Disk;

namespace Roj.Host.Security;

/// <summary>The file in a node's data directory from which commands of its user read the token: for its owner alone.</summary>
/// <remarks>What goes wrong is a warning: a node without it runs as well, and is asked by whoever has the token from elsewhere.</remarks>
/// <param name="directory">The node's data directory.</param>
/// <param name="warn">Told what is wrong.</param>
internal sealed class TokenFile(string directory, Action<string> warn)
{
    /// <summary>Its name.</summary>
    public const string Name = "token";

    private readonly string path = Path.Combine(directory, Name);

    /// <summary>Has the file hold the token of <paramref name="ring"/>'s first key; without keys there is no file.</summary>
    public void Keep(Keyring? ring)
    {
        try
        {
            if (ring is null)
                File.Delete(path);
            else
                Write(ring.First);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn(ring is null
                ? $"{path} lets nobody in any more, and can't be removed: {SystemReason.Of(e)}"
                : $"cannot write {path}: {SystemReason.Of(e)}; commands that ask this node need the key instead, by ROJ_KEY_FILE");
        }
    }

    private void Write(ClusterKey key)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & ~AtomicFile.OwnerOnly) != 0)
        {
            warn($"{path} was open to other users of this machine, and is not any more: who has read it may ask the cluster's nodes until "
                + "its key is another");
        }

        AtomicFile.WriteSecret(path, System.Text.Encoding.ASCII.GetBytes(AccessToken.Of(key) + "\n"));
    }
}
