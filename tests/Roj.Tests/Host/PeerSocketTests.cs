using System.Buffers.Binary;
using System.Net.Sockets;
using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Host;
using Roj.Host.Net;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host;

/// <summary>Connections as the other side of a real one sees them.</summary>
public sealed class PeerSocketTests : IDisposable
{
    private const int PieceLength = 1000;
    private const int QueuedBytesMax = 4 * 1024 * 1024;

    private static readonly byte[] Bytes = Shared.Random((3 * PieceLength) + 10);
    private static readonly InfoDictionary Info = Shared.Describe(Bytes, PieceLength);

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Messages_may_be_cut_anywhere()
    {
        using var shell = await StartAsync();
        using var peer = await ConnectAsync(shell);
        Send(peer, Handshake(fast: false));
        var request = Frame(new PeerMessage.Request(new Block(3, 2, 5)));
        for (var cut = 0; cut <= request.Length; cut++)
        {
            // One whole request, whose answer shows that it was read, and the beginning of the next with it.
            Send(peer, [.. request, .. request.AsSpan(0, cut)]);
            AssertPiece(await ReceiveAsync<PeerMessage.Piece>(peer));
            Send(peer, request[cut..]);
            AssertPiece(await ReceiveAsync<PeerMessage.Piece>(peer));
        }
    }

    [Fact]
    public async Task Byte_by_byte_is_the_same()
    {
        using var shell = await StartAsync();
        using var peer = await ConnectAsync(shell);
        foreach (var b in (byte[])[.. Handshake(fast: false), .. Frame(new PeerMessage.Request(new Block(3, 2, 5)))])
            Send(peer, [b]);
        AssertPiece(await ReceiveAsync<PeerMessage.Piece>(peer));
    }

    [Theory]
    [InlineData(64 * 1024)] // what the buffer holds at first
    [InlineData(PeerReader.FrameBytesMax)]
    public async Task A_long_frame_is_taken_whole_and_what_follows_too(int frameBytes)
    {
        using var shell = await StartAsync();
        using var peer = await ConnectAsync(shell);
        var unknown = new byte[4 + frameBytes];
        BinaryPrimitives.WriteInt32BigEndian(unknown, frameBytes);
        unknown[4] = 99;
        Send(peer, [.. Handshake(fast: false), .. unknown, .. Frame(new PeerMessage.Request(new Block(3, 2, 5)))]);
        AssertPiece(await ReceiveAsync<PeerMessage.Piece>(peer));
    }

    [Theory]
    [InlineData(PeerReader.FrameBytesMax + 1, 99)]
    [InlineData(PeerReader.PieceFrameBytesMax + 1, 7)]
    [InlineData(PeerReader.PieceFrameBytesMax + 1, null)]
    public async Task A_frame_one_byte_too_long_ends_it_before_it_has_come(int frameBytes, int? id)
    {
        using var shell = await StartAsync();
        using var peer = await ConnectAsync(shell);
        var announced = new byte[id is null ? 4 : 5];
        BinaryPrimitives.WriteInt32BigEndian(announced, frameBytes);
        announced[^1] = (byte)(id ?? announced[^1]);
        Send(peer, [.. Handshake(fast: false), .. announced]);
        await AssertEndedAsync(peer);
        await Soon.UntilAsync(() => shell.PeersAsync().Result == 0, "it is forgotten");
    }

    [Fact]
    public async Task Another_protocol_ends_it_at_the_first_wrong_byte()
    {
        using var shell = await StartAsync();
        using var peer = await ConnectAsync(shell);
        Send(peer, "\u0013BitTorrent protocol?"u8[..19].ToArray());
        Send(peer, "L"u8.ToArray());
        await AssertEndedAsync(peer);
    }

    [Fact]
    public async Task What_came_in_front_of_a_malformed_frame_is_still_answered()
    {
        using var shell = await StartAsync();
        using var peer = await ConnectAsync(shell);
        Send(peer, Handshake(fast: false));
        Send(peer, Frame(new PeerMessage.Request(new Block(3, 2, 5))));
        AssertPiece(await ReceiveAsync<PeerMessage.Piece>(peer));
        Send(peer, [0, 0, 0, 2, 0, 0]); // a choke of two bytes
        await AssertEndedAsync(peer);
    }

    [Fact]
    public async Task A_peer_that_is_answered_and_does_not_read_is_cut_off_after_4_MiB()
    {
        // This node has nothing yet: each request is refused (BEP 6) in as many bytes as it has itself.
        using var shell = new RunningShell(folder.At("empty"), Info);
        using var peer = await ConnectAsync(shell, receiveBytes: 4096);
        Send(peer, Handshake(fast: true));
        var request = Frame(new PeerMessage.Request(new Block(0, 0, 5)));
        var requests = Enumerable.Repeat(request, 10_000).SelectMany(frame => frame).ToArray();
        var sent = 0L;
        // Beside the queue there are the kernel's buffers on both sides, 6 MiB each if it is generous.
        while (sent < 64 << 20 && TrySend(peer, requests))
            sent += requests.Length;
        Assert.InRange(sent, QueuedBytesMax, (64 << 20) - 1);
        await Soon.UntilAsync(() => shell.PeersAsync().Result == 0, "it is forgotten");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_that_goes_is_forgotten(bool abruptly)
    {
        using var shell = await StartAsync();
        using (var peer = await ConnectAsync(shell))
        {
            Send(peer, Handshake(fast: false));
            await ReceiveHandshakeAsync(peer);
            Assert.Equal(1, await shell.PeersAsync());
            if (abruptly)
                peer.LingerState = new LingerOption(enable: true, seconds: 0); // a reset instead of an end
        }

        await Soon.UntilAsync(() => shell.PeersAsync().Result == 0, "it is forgotten");
    }

    [Fact]
    public async Task A_file_that_was_cut_meanwhile_ends_the_connection_and_not_the_node()
    {
        using var shell = await StartAsync();
        using (var cut = ScratchFolder.Share(folder.At("data")))
            cut.SetLength(PieceLength);
        using (var peer = await ConnectAsync(shell))
        {
            Send(peer, [.. Handshake(fast: false), .. Frame(new PeerMessage.Request(new Block(3, 2, 5)))]);
            await AssertEndedAsync(peer);
        }

        await Soon.UntilAsync(
            () => shell.Events.Count(happened => happened is SyncEvent.Shared(SwarmEvent.Checked)) == 2, "it was looked at again");
        using var next = await ConnectAsync(shell);
        Send(next, [.. Handshake(fast: false), .. Frame(new PeerMessage.Request(new Block(0, 2, 5)))]);
        Assert.Equal(Bytes[2..7], (await ReceiveAsync<PeerMessage.Piece>(next)).Payload);
    }

    private static byte[] Handshake(bool fast)
    {
        var bytes = new byte[Roj.Files.Wire.Handshake.Length];
        new Handshake(Info.InfoHash, PeerId.Create(new Rng(7)), fast, Extended: false).Write(bytes);
        return bytes;
    }

    private static byte[] Frame(PeerMessage message)
    {
        var frame = new byte[PeerCodec.Size(message)];
        PeerCodec.Write(message, frame);
        return frame;
    }

    private static async Task<Socket> ConnectAsync(RunningShell shell, int? receiveBytes = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.SendTimeout = (int)Soon.Limit.TotalMilliseconds;
        if (receiveBytes is { } bytes)
            socket.ReceiveBufferSize = bytes;
        using var patience = new CancellationTokenSource(Soon.Limit);
        await socket.ConnectAsync(shell.Own.ToSystem(), patience.Token);
        return socket;
    }

    private static void Send(Socket peer, byte[] bytes) => Assert.True(TrySend(peer, bytes));

    private static bool TrySend(Socket peer, byte[] bytes)
    {
        try
        {
            return peer.Send(bytes) == bytes.Length;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return false;
        }
    }

    /// <summary>Reads up to the next message of this kind; everything a peer says by itself is passed over.</summary>
    private static async Task<(TMessage Message, byte[] Payload)> ReceiveAsync<TMessage>(Socket peer)
        where TMessage : PeerMessage
    {
        var reader = new PeerReader();
        while (true)
        {
            var prefix = await ReceiveBytesAsync(peer, 4);
            // A handshake begins with 19 and "Bit".
            if (prefix is [19, (byte)'B', ..])
            {
                await ReceiveBytesAsync(peer, Roj.Files.Wire.Handshake.Length - 4);
                continue;
            }

            var rest = await ReceiveBytesAsync(peer, BinaryPrimitives.ReadInt32BigEndian(prefix));
            var frame = (byte[])[.. prefix, .. rest];
            Assert.Equal(ReadStatus.Done, PeerCodec.TryRead(frame, PeerReader.FrameBytesMax, out var message, out _));
            if (message is TMessage wanted)
                return (wanted, message is PeerMessage.Piece(var block) ? rest[^block.Length..] : []);
        }
    }

    private static async Task ReceiveHandshakeAsync(Socket peer)
    {
        var bytes = await ReceiveBytesAsync(peer, Roj.Files.Wire.Handshake.Length);
        Assert.Equal(ReadStatus.Done, Roj.Files.Wire.Handshake.TryRead(bytes, out var handshake, out _));
        Assert.Equal(Info.InfoHash, handshake.InfoHash);
    }

    private static async Task<byte[]> ReceiveBytesAsync(Socket peer, int count)
    {
        var bytes = new byte[count];
        using var patience = new CancellationTokenSource(Soon.Limit);
        for (var received = 0; received < count;)
        {
            var length = await peer.ReceiveAsync(bytes.AsMemory(received), SocketFlags.None, patience.Token);
            Assert.NotEqual(0, length);
            received += length;
        }

        return bytes;
    }

    private static async Task AssertEndedAsync(Socket peer)
    {
        using var patience = new CancellationTokenSource(Soon.Limit);
        var rest = new byte[4096];
        try
        {
            while (await peer.ReceiveAsync(rest, SocketFlags.None, patience.Token) > 0)
            {
                // Handshake, bitfield and the like come first.
            }
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    private static void AssertPiece((PeerMessage.Piece Message, byte[] Payload) received)
    {
        Assert.Equal(new Block(3, 2, 5), received.Message.Block);
        Assert.Equal(Bytes[^8..^3], received.Payload);
    }

    private async Task<RunningShell> StartAsync()
    {
        var shell = new RunningShell(folder.Put("data", Bytes), Info);
        await Soon.UntilAsync(
            () => shell.Events.Any(happened => happened is SyncEvent.Shared(SwarmEvent.Completed)), "all pieces are verified");
        return shell;
    }
}
