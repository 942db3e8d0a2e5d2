using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
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
    private readonly Lazy<Sha1Digest> zeros; // the hash of a full piece of zeros
    private (long Length, DateTime WrittenAt) stamp;
    private volatile bool hasWritten;

    /// <summary>Opens or creates the file, and makes it as long as it is described to be.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="info">What it is to be.</param>
    /// <param name="isReadOnly">Whether it must be there, as long as it is described to be, and is only read.</param>
    /// <exception cref="DataFileException">It can't be opened, created or changed.</exception>
    public DataFile(string path, InfoDictionary info, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(info);
        this.path = path;
        this.info = info;
        zeros = new Lazy<Sha1Digest>(() => OfZeros(info.PieceLength));
        var (mode, access) = isReadOnly ? (FileMode.Open, FileAccess.Read) : (FileMode.OpenOrCreate, FileAccess.ReadWrite);
        file = Try("open", path, () => File.OpenHandle(path, mode, access, Others));
        try
        {
            LengthBefore = Try("measure", path, () => RandomAccess.GetLength(file));
            if (LengthBefore != info.Length && isReadOnly)
                throw DataFileException.Changed(path);
            if (LengthBefore != info.Length)
                Try("resize", path, () => RandomAccess.SetLength(file, info.Length));
            stamp = Try("measure", path, Stamp);
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
            hasWritten = true; // and again behind it: WasChanged may be asked in between
            RandomAccess.Write(file, bytes, info.Offset(block.Piece) + block.Begin);
            hasWritten = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException("write", path, e);
        }
    }

    /// <summary>Whether somebody else changed the file since it was opened or this was last asked.</summary>
    /// <remarks>By its length and the time of its last write: what others write while we write too can't be told from our own writes, and
    /// is not noticed; nor is what is written through a mapping before the kernel notes it.</remarks>
    /// <exception cref="DataFileException">The disk failed.</exception>
    public bool WasChanged()
    {
        var isOurs = hasWritten; // all that was written before this line; what comes behind it sets it again
        hasWritten = false;
        var before = stamp;
        stamp = Try("measure", path, Stamp);
        return stamp != before && !(isOurs && stamp.Length == info.Length);
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

    /// <summary>Hands part of a piece to a socket without reading it.</summary>
    /// <returns>How many bytes it took: 0 if it can take none now, or the file has been cut; null if it must be read and sent.</returns>
    public long? Send(Socket socket, Block block) =>
        LinuxFile.Send(socket, file, info.Offset(block.Piece) + block.Begin, block.Length);

    /// <summary>Looks at a piece that was not looked at since the start: as <see cref="Verify"/>, but one that was never written, where
    /// that can be told, is known without reading it.</summary>
    /// <exception cref="DataFileException">The disk failed.</exception>
    public bool Check(int piece)
    {
        var (from, size) = (info.Offset(piece), info.PieceSize(piece));
        var written = LinuxFile.NextData(file, from, info.Length);
        return written < from + size ? Verify(piece) : ZerosOf(size) == info.Hash(piece);
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

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "BEP 3 names pieces by SHA-1.")]
    private static Sha1Digest OfZeros(int size)
    {
        var chunk = new byte[Math.Min(size, ChunkBytes)];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        for (var at = 0; at < size; at += chunk.Length)
            hash.AppendData(chunk.AsSpan(0, Math.Min(chunk.Length, size - at)));
        Span<byte> digest = stackalloc byte[Sha1Digest.Length];
        hash.GetHashAndReset(digest);
        return Sha1Digest.Read(digest);
    }

    private (long Length, DateTime WrittenAt) Stamp() => (RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));

    private Sha1Digest ZerosOf(int size) => size == info.PieceLength ? zeros.Value : OfZeros(size);

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
