using System.Buffers.Binary;
using System.Net.Sockets;
using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Host;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Tests.Host.Net;
using Xunit;

namespace Roj.Tests.Host;

/// <summary>Blocks that go past our buffers: from the file to the socket, and from the socket into one buffer of their own.</summary>
public sealed class LargeBlockTests : IDisposable
{
    private const int PieceLength = 3 << 20;
    private static readonly byte[] Bytes = Shared.Random((2 * PieceLength) + 100_000);
    private static readonly InfoDictionary Info = Shared.Describe(Bytes, PieceLength);

    private static readonly SwarmEntry Entry = new(Rings.Of(ClusterKey.Create()));

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(PeerCodec.BlockLengthMax, false)]
    [InlineData((32 * 1024) - 1, false)] // the longest that is read, and the shortest that is not
    [InlineData(32 * 1024, false)]
    [InlineData((16 * 1024) + 1, false)]
    [InlineData(PeerCodec.BlockLengthMax, true)] // sealed, all are read
    [InlineData((64 * 1024) - PeerCodec.PieceHeaderLength, true)] // what is sent at once, and one byte more
    [InlineData((64 * 1024) - PeerCodec.PieceHeaderLength + 1, true)]
    [InlineData((16 * 1024) + 1, true)]
    public async Task A_block_of_any_length_is_sent_as_it_is_also_to_one_that_reads_slowly(int length, bool isSealed)
    {
        using var shell = new RunningShell(folder.Put("data", Bytes), Info, entry: isSealed ? Entry : null);
        await CompleteAsync(shell, 1);
        using var peer = await ConnectAsync(shell, isSealed);
        peer.Socket.ReceiveBufferSize = 64 * 1024; // with what the kernel sends ahead less than is asked for: it is full again and again
        var blocks = Enumerable.Range(0, 16).Select(i => new Block(i % 2, 100_000 * i, length)).ToArray();
        await SendAsync(peer, [Handshake(), .. blocks.Select(block => Frame(new PeerMessage.Request(block)))]);
        var received = await ReceiveUntilAsync(peer, blocks.Length);
        foreach (var (block, payload) in blocks.Zip(received))
            Assert.True(Bytes.AsSpan((block.Piece * PieceLength) + block.Begin, length).SequenceEqual(payload), $"{block}");
    }

    [Theory]
    [InlineData(PeerCodec.BlockLengthMax, 7919, false)] // a piece of three blocks, each in many parts
    [InlineData(PeerCodec.BlockLengthMax, int.MaxValue, false)]
    [InlineData(48 * 1024, 100_000, false)] // of 64 blocks
    [InlineData(16 * 1024, 50_000, false)] // not large
    [InlineData(PeerCodec.BlockLengthMax, 7919, true)]
    [InlineData(PeerCodec.BlockLengthMax, int.MaxValue, true)]
    [InlineData(16 * 1024, 50_000, true)]
    public async Task Blocks_of_any_length_are_received_however_they_are_cut(int blockLength, int cut, bool isSealed)
    {
        var path = folder.At("empty");
        using var shell = new RunningShell(path, Info, blockLength, entry: isSealed ? Entry : null);
        await Soon.UntilAsync(() => shell.Events.Any(e => e is SyncEvent.Shared(SwarmEvent.Checked)), "it was looked at");
        using var peer = await ConnectAsync(shell, isSealed);
        await SendAsync(peer, [Handshake(), Frame(new PeerMessage.HaveAll()), Frame(new PeerMessage.Unchoke())]);
        var serving = ServeAsync(peer, cut);
        await CompleteAsync(shell, 1);
        Assert.Equal(Bytes, File.ReadAllBytes(path));
        peer.Socket.Shutdown(SocketShutdown.Both);
        await serving.WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_file_that_was_cut_is_no_longer_told_of()
    {
        using var shell = new RunningShell(folder.Put("data", Bytes), Info);
        await CompleteAsync(shell, 1);
        using var peer = await ConnectAsync(shell);
        using (var cut = ScratchFolder.Share(folder.At("data")))
            cut.SetLength(PieceLength + 1000);
        await SendAsync(peer, [Handshake(), Frame(new PeerMessage.Request(new Block(1, 0, PeerCodec.BlockLengthMax)))]);
        await Soon.UntilAsync(() => shell.Events.Count(e => e is SyncEvent.Shared(SwarmEvent.Checked)) == 2, "it was looked at again");
        using var next = await ConnectAsync(shell);
        await SendAsync(next, [Handshake(), Frame(new PeerMessage.Request(new Block(0, 5, 40_000)))]);
        Assert.Equal(Bytes[5..40_005], Assert.Single(await ReceiveUntilAsync(next, 1, bits => Assert.Equal([0b1000_0000], bits))));
    }

    [Fact]
    public async Task What_somebody_writes_into_the_file_is_found_and_repaired()
    {
        var path = folder.Put("data", Bytes);
        using var shell = new RunningShell(path, Info);
        await CompleteAsync(shell, 1);
        using (var other = ScratchFolder.Share(path))
        {
            other.Position = PieceLength + 5;
            other.Write("changed"u8);
        }

        await Soon.UntilAsync(() => shell.Events.Count(e => e is SyncEvent.Shared(SwarmEvent.Checked)) == 2, "it was looked at again");
        using var peer = await ConnectAsync(shell);
        await SendAsync(peer, [Handshake(), Frame(new PeerMessage.HaveAll()), Frame(new PeerMessage.Unchoke())]);
        var serving = ServeAsync(peer, int.MaxValue);
        await CompleteAsync(shell, 2);
        Assert.Equal(Bytes, File.ReadAllBytes(path));
        Assert.Contains(shell.Events, e => e is SyncEvent.Shared(SwarmEvent.Completed(true)));
        peer.Socket.Shutdown(SocketShutdown.Both);
        await serving.WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
    }

    private static Task CompleteAsync(RunningShell shell, int times) => Soon.UntilAsync(
        () => shell.Events.Count(e => e is SyncEvent.Shared(SwarmEvent.Completed)) == times, "all pieces are right");

    private static byte[] Handshake()
    {
        var bytes = new byte[Roj.Files.Wire.Handshake.Length];
        new Handshake(Info.InfoHash, PeerId.Create(new Rng(7)), Fast: true, Extended: false).Write(bytes);
        return bytes;
    }

    private static byte[] Frame(PeerMessage message)
    {
        var frame = new byte[PeerCodec.Size(message)];
        PeerCodec.Write(message, frame);
        return frame;
    }

    private static async Task<Channel> ConnectAsync(RunningShell shell, bool isSealed = false)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(shell.Own.ToSystem(), TestContext.Current.CancellationToken);
        if (!isSealed)
            return new PlainChannel(socket);
        return await Entry.Tls!.CallAsync(socket, null, TestContext.Current.CancellationToken) ?? throw new IOException("refused");
    }

    private static async Task SendAsync(Channel peer, byte[][] parts)
    {
        foreach (var part in parts)
            await peer.SendAsync(part, TestContext.Current.CancellationToken);
    }

    /// <summary>Answers every request until the connection ends.</summary>
    private static async Task ServeAsync(Channel peer, int cut)
    {
        await foreach (var frame in FramesAsync(peer))
        {
            Assert.Equal(ReadStatus.Done, PeerCodec.TryRead(frame, int.MaxValue, out var message, out _));
            if (message is not PeerMessage.Request(var block))
                continue;
            var payload = Bytes.AsMemory((block.Piece * PieceLength) + block.Begin, block.Length);
            byte[] answer = [.. Frame(new PeerMessage.Piece(block)), .. payload.Span];
            foreach (var part in answer.Chunk(Math.Min(cut, answer.Length)))
                await peer.SendAsync(part);
        }
    }

    private static async Task<List<byte[]>> ReceiveUntilAsync(Channel peer, int pieces, Action<byte[]>? onBits = null)
    {
        List<byte[]> received = [];
        await foreach (var frame in FramesAsync(peer))
        {
            if (frame[4] == 5)
                onBits?.Invoke(frame[5..]);
            if (frame[4] == 7)
                received.Add(frame[PeerCodec.PieceHeaderLength..]);
            if (received.Count == pieces)
                break;
        }

        return received;
    }

    private static async IAsyncEnumerable<byte[]> FramesAsync(Channel peer)
    {
        if (!await FillAsync(peer, new byte[Roj.Files.Wire.Handshake.Length]))
            yield break;
        var prefix = new byte[4];
        while (await FillAsync(peer, prefix))
        {
            var frame = new byte[4 + BinaryPrimitives.ReadInt32BigEndian(prefix)];
            prefix.CopyTo(frame, 0);
            if (!await FillAsync(peer, frame.AsMemory(4)))
                yield break;
            if (frame.Length > 4)
                yield return frame;
        }
    }

    private static async Task<bool> FillAsync(Channel peer, Memory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Soon.Limit);
        while (!bytes.IsEmpty)
        {
            var received = await peer.ReceiveAsync(bytes, patience.Token);
            if (received == 0)
                return false;
            bytes = bytes[received..];
        }

        return true;
    }
}
