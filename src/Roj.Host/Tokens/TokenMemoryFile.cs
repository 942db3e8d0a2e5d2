using System.Security.Cryptography;
using Roj.Host.Daemon;
using Roj.Host.Disk;
using Roj.Kernel;
using Roj.Token;
using Roj.Token.Wire;

namespace Roj.Host.Tokens;

/// <summary>What a node must not forget of a token, in <c>token-NAME</c> of its data directory.</summary>
/// <remarks>A <see cref="MemoryCodec"/> with its SHA-256 behind it, replaced as a whole.</remarks>
/// <param name="directory">The node's data.</param>
/// <param name="name">Which token.</param>
/// <param name="warn">Told what is wrong and can be lived with; from any thread.</param>
internal sealed class TokenMemoryFile(DataDirectory directory, string name, Action<string> warn)
{
    private readonly string path = directory.At($"token-{name}");
    private bool hasFailed;

    /// <summary>What was kept; an empty memory if nothing was.</summary>
    /// <param name="isLeased">Whether its epochs are to be those of leases: of the other mode's memory the work alone is worth
    /// something.</param>
    /// <exception cref="NodeException">It can't be read: the node might take a turn twice.</exception>
    public TokenMemory Read(bool isLeased)
    {
        byte[]? bytes;
        try
        {
            bytes = AtomicFile.Read(path, MemoryCodec.LengthMax + SHA256.HashSizeInBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException($"cannot read {path}: {SystemReason.Of(e)}");
        }

        if (bytes is null && !File.Exists(path))
            return new TokenMemory();
        var length = (bytes?.Length ?? 0) - SHA256.HashSizeInBytes;
        if (length < 0 || !SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length))
            || MemoryCodec.TryRead(bytes.AsSpan(0, length), out var memory, out var wasLeased) is not ReadStatus.Done)
        {
            throw new NodeException(
                $"{path} makes no sense: put it back from a backup, or remove it; the node then takes the token's work from the others");
        }

        return wasLeased == isLeased ? memory! : memory!.OfWork();
    }

    /// <summary>Keeps it: when this returns it survives a power cut, or the user is warned. From any thread, one at a time.</summary>
    /// <param name="memory">A <see cref="MemoryCodec"/>.</param>
    public void Keep(byte[] memory)
    {
        try
        {
            AtomicFile.Write(path, [.. memory, .. SHA256.HashData(memory)]);
            LinuxFile.SyncDirectory(directory.Path);
            hasFailed = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!hasFailed)
            {
                warn(
                    $"what is known of token {name} can't be kept in {path}: {SystemReason.Of(e)}; "
                    + "after a restart a turn may be had twice");
            }

            hasFailed = true;
        }
    }
}
