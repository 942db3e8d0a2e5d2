using Roj.Host.Disk;
using Roj.Host.Security;

namespace Roj.Host.Daemon;

/// <summary>Which keys a node has: those that it is given, and what became of them by rotations, which it keeps in
/// <c>keyring</c>.</summary>
/// <remarks>A ring that knows the key given, or knew it once, is what that key has become. One that never heard of it is of another time:
/// the operator has begun anew.</remarks>
internal static class KeyStore
{
    private const string RingName = "keyring";
    private const string KeyName = "key";

    /// <summary>Reads them.</summary>
    /// <param name="options">What the node was told.</param>
    /// <param name="directory">Its data; null if it keeps none.</param>
    /// <param name="warn">Told what can be lived with.</param>
    /// <returns>The keys; null if there are none: the node is open.</returns>
    /// <exception cref="NodeException">A key is given, or was kept, that can't be read. A node that had a key never begins
    /// without.</exception>
    public static ClusterKeys? Load(NodeOptions options, DataDirectory? directory, Action<string> warn)
    {
        var given = Given(options, directory, warn);
        var kept = directory is null ? null : Kept(directory);
        if (given is null)
            return kept is null ? null : new ClusterKeys(kept);
        if (kept is null || !given.Any(key => kept.HasKnown(key.Id)))
            return new ClusterKeys(Keyring.Of(given));
        if (kept.Find(given[0].Id) is null)
            warn($"{given[0]} was replaced by a rotation; the cluster uses {kept.First} now. 'roj key show' writes it out");
        return new ClusterKeys(kept);
    }

    /// <summary>Has a ring survive this process.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Keep(Keyring ring, DataDirectory? directory)
    {
        if (directory is null)
            return;
        AtomicFile.Write(directory.At(RingName), ring.Write(), isSecret: true);
        LinuxFile.SyncDirectory(directory.Path);
    }

    private static IReadOnlyList<ClusterKey>? Given(NodeOptions options, DataDirectory? directory, Action<string> warn)
    {
        if (options.Key is { } key)
            return [key];
        var path = options.KeyPath ?? (directory is not null && File.Exists(directory.At(KeyName)) ? directory.At(KeyName) : null);
        try
        {
            return path is null ? null : KeyFile.Read(path, warn);
        }
        catch (KeyException e)
        {
            throw new NodeException(e.Message, isWrongUse: true);
        }
    }

    private static Keyring? Kept(DataDirectory directory)
    {
        var path = directory.At(RingName);
        if (!File.Exists(path))
            return null;
        try
        {
            if (AtomicFile.Read(path, Keyring.BytesMax) is { } bytes && Keyring.TryRead(bytes, out var ring))
                return ring;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException($"cannot read {path}: {SystemReason.Of(e)}");
        }

        throw new NodeException(
            $"{path} makes no sense to this version of Roj: put it back from a backup, or move it away and give the cluster's key by "
            + "--key-file");
    }
}
