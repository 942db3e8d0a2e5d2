using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Roj.Files.Metadata;
using Roj.Files.Wire;

namespace Roj.Host.Disk;

/// <summary>Hashes pieces from the blocks that are being written, while they are in the processor's cache, so that they need not be read
/// back.</summary>
/// <remarks>
/// <para>A piece's hash runs from its block at 0 on, as long as each block begins where the one before ended. Any other write to the piece
/// ends it, and the piece is read back when it is whole. So what a finished hash covers is the last that was written to every byte of the
/// piece: the bytes that are in the file.</para>
/// <para>On the loop; large blocks are hashed beside it, each after the one before.</para>
/// </remarks>
internal sealed class PieceHashes(InfoDictionary info)
{
    // Twice what sixteen connections begin at one time, each from a peer of its own.
    private const int RunningMax = 32;

    // A millisecond or so of hashing: enough to keep another core busy.
    private const long WaitingBytesMax = 2 << 20;

    private readonly SortedDictionary<int, Running> pieces = [];
    private long waitingBytes;
    private TaskCompletionSource? room;

    /// <summary>How many pieces have a hash that runs.</summary>
    public int Count => pieces.Count;

    /// <summary>Completes when what waits to be hashed is little enough to receive more.</summary>
    public Task RoomAsync()
    {
        if (waitingBytes < WaitingBytesMax)
            return Task.CompletedTask;
        room ??= new TaskCompletionSource();
        return room.Task;
    }

    /// <summary>A block was written.</summary>
    /// <param name="block">Its place.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="buffer">What holds them, if it may be kept until they are hashed; null to hash them now.</param>
    public void Append(Block block, ReadOnlyMemory<byte> bytes, BlockBuffer? buffer)
    {
        if (block.Begin == 0)
        {
            Forget(block.Piece);
            if (pieces.Count < RunningMax)
                pieces.Add(block.Piece, new Running());
        }

        if (!pieces.TryGetValue(block.Piece, out var running))
            return;
        if (running.Next != block.Begin)
        {
            Forget(block.Piece);
            return;
        }

        running.Next += block.Length;
        if (buffer is null && running.Tail.IsCompleted)
        {
            running.Hash.AppendData(bytes.Span);
        }
        else if (buffer is not null)
        {
            buffer.Keep();
            waitingBytes += block.Length;
            running.Tail = AppendAsync(running, running.Tail, buffer);
        }
        else
        {
            Forget(block.Piece); // its turn comes when its bytes are gone
        }
    }

    /// <summary>A piece was written in another way: what was hashed of it is void.</summary>
    public void Forget(int piece)
    {
        if (pieces.Remove(piece, out var running))
            _ = RetireAsync(running);
    }

    /// <summary>Whether a piece is right; null if that must be found out by reading it.</summary>
    public async ValueTask<bool?> FinishAsync(int piece)
    {
        if (!pieces.Remove(piece, out var running))
            return null;
        await running.Tail;
        var digest = Digest(running.Hash);
        running.Hash.Dispose();
        return running.Next == info.PieceSize(piece) ? digest == info.Hash(piece) : null;
    }

    private static Sha1Digest Digest(IncrementalHash hash)
    {
        Span<byte> digest = stackalloc byte[Sha1Digest.Length];
        hash.GetHashAndReset(digest);
        return Sha1Digest.Read(digest);
    }

    private static async Task RetireAsync(Running running)
    {
        await running.Tail;
        running.Hash.Dispose();
    }

    private async Task AppendAsync(Running running, Task before, BlockBuffer buffer)
    {
        await before;
        await Task.Run(() => running.Hash.AppendData(buffer.Memory.Span));
        waitingBytes -= buffer.Memory.Length;
        buffer.Return();
        if (waitingBytes < WaitingBytesMax && room is { } awaited)
        {
            room = null;
            awaited.SetResult();
        }
    }

    private sealed class Running
    {
        [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "BEP 3 names pieces by SHA-1.")]
        public IncrementalHash Hash { get; } = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);

        /// <summary>Where the next block must begin.</summary>
        public int Next { get; set; }

        /// <summary>The last block that is being hashed.</summary>
        public Task Tail { get; set; } = Task.CompletedTask;
    }
}
