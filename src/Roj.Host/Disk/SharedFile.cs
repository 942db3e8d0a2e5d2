using System.Net.Sockets;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Host.Sharing;

namespace Roj.Host.Disk;

/// <summary>The data file as the node shares it: opened at its word, judged piece by piece, watched for changes that others make.</summary>
/// <remarks>On the loop; only the reading and hashing of pieces run beside it. Verdicts wait here until the shell hands them to the
/// node; those on a file that has been opened anew since are dropped.</remarks>
internal sealed class SharedFile(NodeShell shell, EventLoop loop, Node.Node node, DataPlace place, Action<SyncEvent> tell) : IDisposable
{
    // How long wrong bytes may be given when somebody writes to the file; one fstat(2) each time.
    private static readonly TimeSpan LookPace = TimeSpan.FromSeconds(1);

    private readonly Queue<(int Piece, bool Right)> verdicts = new();
    private DataFile? data;
    private PieceHashes? hashes;
    private bool isClosed;

    /// <summary>Whether the file was hashed in this life of the node, just now: it need not be checked when it is opened.</summary>
    public bool IsKnownRight { get; set; }

    /// <summary>Looks for changes that others make, until the job ends.</summary>
    public async Task WatchAsync()
    {
        while (!isClosed)
        {
            await Task.Delay(LookPace);
            // What happens while pieces are being checked shows when that is done.
            if (data is { } file && node.Swarm.UncheckedCount == 0 && file.WasChanged())
                Changed(file);
        }
    }

    /// <summary>Opens the file that the description names, anew if it is open, and has every piece judged.</summary>
    /// <exception cref="DataFileException">It can't be opened, or not be given its length.</exception>
    public void Open(InfoDictionary info)
    {
        data?.Dispose(); // what still reads it ends
        verdicts.Clear();
        data = new DataFile(place.PathOf(info), info, place.IsReadOnly);
        hashes = new PieceHashes(info);
        if (data.LengthBefore != info.Length)
            tell(new SyncEvent.Resized(data.LengthBefore, info.Length));
        if (IsKnownRight && data.LengthBefore == info.Length)
            TakeAsRight(info.PieceCount);
        else
            shell.Watch(CheckAsync(data, info.PieceCount));
    }

    /// <summary>Writes a block, and hashes it if its turn is now.</summary>
    /// <param name="block">Its place.</param>
    /// <param name="payload">Its bytes.</param>
    /// <param name="buffer">What holds them, if it may be kept until they are hashed.</param>
    /// <exception cref="DataFileException">The disk is full, or failed.</exception>
    public void Write(Block block, ReadOnlyMemory<byte> payload, BlockBuffer? buffer)
    {
        data!.Write(block, payload.Span);
        hashes!.Append(block, payload, buffer);
    }

    /// <summary>Has a piece judged that was written as a whole.</summary>
    public void Verify(int piece) => shell.Watch(FinishAsync(piece, data!));

    /// <summary>Copies a piece over an equal one, and has that judged.</summary>
    public void Copy(int from, int to)
    {
        var file = data!;
        hashes!.Forget(to);
        shell.Watch(JudgeAsync(to, file, () => file.Copy(from, to)));
    }

    /// <summary>Takes the verdict that has waited longest.</summary>
    public bool TryTakeVerdict(out int piece, out bool right)
    {
        var isThere = verdicts.TryDequeue(out var verdict);
        (piece, right) = verdict;
        return isThere;
    }

    /// <summary>Completes when there is room for another large block.</summary>
    public Task RoomAsync() => hashes?.RoomAsync() ?? Task.CompletedTask;

    /// <summary>Reads part of a piece; false if the file is not open, ends before, or can't be read, which ends the node.</summary>
    public bool TryRead(Block block, Span<byte> bytes)
    {
        try
        {
            if (data is not { } file || file.TryRead(block, bytes))
                return data is not null;
            // It was cut by somebody. An input of its own: we are asked in the midst of sending.
            loop.Post(_ => Changed(file), null);
            return false;
        }
        catch (DataFileException e)
        {
            shell.Failed.TrySetResult(e);
            return false;
        }
    }

    /// <summary>Hands part of a piece to a socket without reading it; null if it must be read and sent.</summary>
    public long? Send(Socket socket, Block block) => data?.Send(socket, block);

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        isClosed = true;
        data?.Dispose();
    }

    private void Changed(DataFile file)
    {
        if (file == data)
            shell.Input(node.Changed);
    }

    // The verdicts are carried out by the drain that opened the file.
    private void TakeAsRight(int pieceCount)
    {
        IsKnownRight = false; // once: opened again, it has been changed
        for (var piece = 0; piece < pieceCount; piece++)
            verdicts.Enqueue((piece, true));
    }

    /// <summary>Looks at every piece once, in order, beside the loop; what is known is told in between, so that the first byte need not
    /// wait.</summary>
    private async Task CheckAsync(DataFile file, int pieceCount)
    {
        const int AtATime = 16;
        for (var first = 0; first < pieceCount; first += AtATime)
        {
            var from = first;
            var count = Math.Min(AtATime, pieceCount - from);
            var right = await Task.Run(() => Enumerable.Range(from, count).Select(file.Check).ToArray());
            if (file != data)
                return;
            if (place.IsReadOnly && right.Contains(false))
            {
                shell.Failed.TrySetResult(DataFileException.Changed(place.PathOf(node.Swarm.Info!)));
                return; // the user's own file is not repaired
            }

            for (var i = 0; i < count; i++)
                verdicts.Enqueue((from + i, right[i]));
            Tell();
        }
    }

    /// <summary>Says whether a piece that was written is right: by the hash of what was written, if there is one.</summary>
    private async Task FinishAsync(int piece, DataFile file)
    {
        if (await hashes!.FinishAsync(piece) is { } right)
            Tell(piece, right, file);
        else
            await JudgeAsync(piece, file, () => file.Verify(piece));
    }

    private async Task JudgeAsync(int piece, DataFile file, Func<bool> judge)
    {
        const int QuickBytes = 32 * 1024; // hashed in less time than another thread takes to wake
        Tell(piece, file.PieceSize(piece) <= QuickBytes ? judge() : await Task.Run(judge), file);
    }

    private void Tell(int piece, bool right, DataFile file)
    {
        if (file != data)
            return; // opened anew since: this piece will be looked at again
        verdicts.Enqueue((piece, right));
        Tell();
    }

    // Every input hands over the verdicts that wait.
    private void Tell() => shell.Input(_ => { });
}
