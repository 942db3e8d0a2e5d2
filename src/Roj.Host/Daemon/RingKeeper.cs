using Roj.Host.Disk;
using Roj.Host.Security;

namespace Roj.Host.Daemon;

/// <summary>Has the ring of a node survive its process, and knows how old it is.</summary>
/// <remarks>By the machine's calendar: a wrong one has old keys go early or late, and nothing else.</remarks>
/// <param name="directory">The node's data; null if it keeps none: then a ring is as old as the process.</param>
internal sealed class RingKeeper(DataDirectory? directory)
{
    /// <summary>What the ring's file is called.</summary>
    public const string FileName = "keyring";

    private DateTime since = directory is not null && File.Exists(directory.At(FileName))
        ? File.GetLastWriteTimeUtc(directory.At(FileName))
        : DateTime.UtcNow;

    /// <summary>How long ago it came into force.</summary>
    public TimeSpan Age => DateTime.UtcNow - since;

    /// <summary>Keeps a ring: when this returns it survives a power cut.</summary>
    /// <exception cref="IOException">It can't be written; the old one is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the old one is untouched.</exception>
    public void Keep(Keyring ring)
    {
        if (directory is not null)
        {
            AtomicFile.WriteSecret(directory.At(FileName), ring.Write());
            LinuxFile.SyncDirectory(directory.Path);
        }

        since = DateTime.UtcNow;
    }
}
