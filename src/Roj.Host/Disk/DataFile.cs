using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Roj.Files.Metadata;
using Roj.Files.Wire;

namespace Roj.Host.Disk;

/// <summary>The data file on disk, repaired in place piece by piece.</summary>
/// <remarks>Writes go to the kernel at once and are there after a kill; what a power cut takes is found by the check at the next start.
/// Thread-safe: pieces are hashed beside the loop.</remarks>
public sealed class DataFile : IDisposable
{
    private const int ChunkBytes = 256 * 1024;
    private const FileShare Others = FileShare.ReadWrite | FileShare.Delete; // whoever looks at the file meanwhile is not hindered

    private readonly string path;
    private readonly InfoDictionary info;
    private readonly SafeFileHandle file;

    /// <summary>Opens or creates the file, and makes it as long as it is described to be.</summary>
    /// <exception cref="DataFileException">It can't be opened, created or changed.</exception>
    public DataFile(string path, InfoDictionary info)
    {
        ArgumentNullException.ThrowIfNull(info);
        this.path = path;
        this.info = info;
        file = Try("open", path, () => File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Others));
        try
        {
            LengthBefore = Try("measure", path, () => RandomAccess.GetLength(file));
            if (LengthBefore != info.Length)
                Try("resize", path, () => RandomAccess.SetLength(file, info.Length));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>How long the file was when it was opened; 0 if it was not there.</summary>
    public long LengthBefore { get; }

    /// <summary>Looks whether the file can be opened, or at least its folder is there: nothing is created or changed.</summary>
    /// <remarks>What the file is may be told much later than its place: a mistake in the latter should show at once.</remarks>
    /// <exception cref="DataFileException">The place is no good.</exception>
    public static void CheckPlace(string path)
    {
        if (Directory.Exists(path))
            throw new DataFileException("open", path, new IOException("Is a directory"));
        if (File.Exists(path))
            Try("open", path, () => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, Others)).Dispose();
        else if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw new DataFileException("open", path, new DirectoryNotFoundException());
    }

    /// <summary>The length of a piece.</summary>
    public int PieceSize(int piece) => info.PieceSize(piece);

    /// <summary>Writes a block to its place.</summary>
    /// <exception cref="DataFileException">The disk is full, or failed.</exception>
    public void Write(Block block, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(file, bytes, info.Offset(block.Piece) + block.Begin);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException("write", path, e);
        }
    }

    /// <summary>Reads a block from its place; false if the file has been cut shorter by somebody else.</summary>
    /// <exception cref="DataFileException">The disk failed.</exception>
    public bool TryRead(Block block, Span<byte> bytes)
    {
        var offset = info.Offset(block.Piece) + block.Begin;
        try
        {
            while (!bytes.IsEmpty)
            {
                var read = RandomAccess.Read(file, bytes, offset);
                if (read == 0)
                    return false;
                offset += read;
                bytes = bytes[read..];
            }

            return true;
        }
        catch (IOException e)
        {
            throw new DataFileException("read", path, e);
        }
    }

    /// <summary>Hashes a piece on disk and says whether it is right.</summary>
    /// <exception cref="DataFileException">The disk failed.</exception>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "BEP 3 names pieces by SHA-1.")]
    public bool Verify(int piece)
    {
        var size = info.PieceSize(piece);
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(size, ChunkBytes));
        try
        {
            if (size <= ChunkBytes)
            {
                var whole = buffer.AsSpan(0, size);
                return TryRead(new Block(piece, 0, size), whole) && Sha1Digest.Of(whole) == info.Hash(piece);
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
            for (var at = 0; at < size; at += ChunkBytes)
            {
                var chunk = buffer.AsSpan(0, Math.Min(ChunkBytes, size - at));
                if (!TryRead(new Block(piece, at, chunk.Length), chunk))
                    return false;
                hash.AppendData(chunk);
            }

            Span<byte> digest = stackalloc byte[Sha1Digest.Length];
            hash.GetHashAndReset(digest);
            return Sha1Digest.Read(digest) == info.Hash(piece);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Copies a piece over an equal one, hashes that and says whether it is right.</summary>
    /// <exception cref="DataFileException">The disk is full, or failed.</exception>
    public bool Copy(int from, int to)
    {
        var size = info.PieceSize(from);
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(size, ChunkBytes));
        try
        {
            for (var at = 0; at < size; at += ChunkBytes)
            {
                var chunk = buffer.AsSpan(0, Math.Min(ChunkBytes, size - at));
                if (!TryRead(new Block(from, at, chunk.Length), chunk))
                    return false;
                Write(new Block(to, at, chunk.Length), chunk);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Verify(to);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    private static T Try<T>(string what, string path, Func<T> action)
    {
        try
        {
            return action();
        }
        // The runtime's word for a file that is longer than the file system takes is ArgumentOutOfRange.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            throw new DataFileException(what, path, e);
        }
    }

    private static void Try(string what, string path, Action action) => Try(what, path, () =>
    {
        action();
        return true;
    });
}
