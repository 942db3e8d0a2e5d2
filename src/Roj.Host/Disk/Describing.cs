using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Roj.Files.Metadata;

namespace Roj.Host.Disk;

/// <summary>Describes a file as it is: one pass over its bytes, on as many cores as help.</summary>
/// <remarks>Threads take pieces in turn, so the file is read nearly in order, and each keeps one chunk in memory, however long a piece
/// is.</remarks>
public sealed class Describing
{
    // Read and hashed while it is still in the core's own cache.
    private const int ChunkBytes = 256 * 1024;

    // A core hashes 1 to 2 GB/s: four are ahead of nearly every disk.
    private const int ThreadsMax = 4;

    private readonly string path;
    private readonly string name;
    private readonly (long Length, DateTime Written) before;
    private readonly byte[] digests;
    private long done;
    private int next = -1;

    /// <summary>Looks at the file, and reads nothing of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pieceLength">Bytes of a piece; null for <see cref="PieceLengths.For"/>.</param>
    /// <exception cref="SyncException">It is no file that can be shared; the message names it and says why.</exception>
    public Describing(string path, int? pieceLength = null)
    {
        this.path = path;
        name = Path.GetFileName(path);
        before = Look();
        if (FileName.Fault(name) is { } fault)
            throw Refused($"its name can't be shared: {fault}");
        if (before.Length == 0)
            throw Refused("it is empty");
        if (before.Length > InfoDictionary.LengthMax)
            throw Refused($"it has {before.Length} bytes, at most {InfoDictionary.LengthMax} are allowed");
        PieceLength = pieceLength ?? PieceLengths.For(before.Length);
        var count = InfoDictionary.CountPieces(before.Length, PieceLength);
        if (count > InfoDictionary.PieceCountMax)
            throw Refused($"in pieces of {PieceLength} bytes it would have {count}, at most {InfoDictionary.PieceCountMax} are allowed");
        digests = new byte[count * Sha1Digest.Length];
    }

    /// <summary>Bytes of the file.</summary>
    public long Length => before.Length;

    /// <summary>Bytes of a piece.</summary>
    public int PieceLength { get; }

    /// <summary>Bytes hashed so far; may be read on any thread.</summary>
    public long Done => Interlocked.Read(ref done);

    /// <summary>Hashes the file. Once.</summary>
    /// <param name="stop">Given up when this says so.</param>
    /// <exception cref="SyncException">It can't be read, or was changed meanwhile; the message names it.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<InfoDictionary> RunAsync(CancellationToken stop)
    {
        using var file = Open();
        var count = Math.Min(Math.Min(Environment.ProcessorCount, ThreadsMax), digests.Length / Sha1Digest.Length);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => HashPieces(file, failed), failed.Token)))
            .ConfigureAwait(false);
        // A change of bytes without a change of time can't be seen: whoever gets a wrong piece of us will.
        if (Look() != before)
            throw Changed();
        return InfoDictionary.Create(name, Length, PieceLength, digests);
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "BEP 3 names pieces by SHA-1.")]
    private void HashPieces(SafeFileHandle file, CancellationTokenSource failed)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
            for (int piece; (piece = Interlocked.Increment(ref next)) < digests.Length / Sha1Digest.Length;)
            {
                var from = (long)piece * PieceLength;
                Hash(file, hash, from, Math.Min(PieceLength, Length - from), buffer.AsSpan(0, ChunkBytes), failed.Token);
                hash.GetHashAndReset(digests.AsSpan(piece * Sha1Digest.Length));
            }
        }
        catch
        {
            failed.Cancel(); // the others need not go on
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Hash(SafeFileHandle file, IncrementalHash hash, long from, long count, Span<byte> chunk, CancellationToken stop)
    {
        while (count > 0)
        {
            stop.ThrowIfCancellationRequested();
            var read = Read(file, chunk[..(int)Math.Min(chunk.Length, count)], from);
            if (read == 0)
                throw Changed(); // cut shorter
            hash.AppendData(chunk[..read]);
            Interlocked.Add(ref done, read);
            from += read;
            count -= read;
        }
    }

    private int Read(SafeFileHandle file, Span<byte> chunk, long from)
    {
        try
        {
            return RandomAccess.Read(file, chunk, from);
        }
        catch (IOException e)
        {
            throw new SyncException($"cannot read {path}: {SystemReason.Of(e)}", isWrongUse: false);
        }
    }

    private SafeFileHandle Open()
    {
        try
        {
            return File.OpenHandle(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(SystemReason.Of(e));
        }
    }

    // By its path, not its handle: a file that was renamed over this one is another.
    private (long Length, DateTime Written) Look()
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists ? (file.Length, file.LastWriteTimeUtc)
                : throw Refused(Directory.Exists(path) ? "it is a directory" : "there is no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(SystemReason.Of(e));
        }
    }

    private SyncException Refused(string why) => new($"cannot share {path}: {why}", isWrongUse: true);

    private SyncException Changed() => new($"cannot share {path}: it was changed while it was hashed", isWrongUse: false);
}
