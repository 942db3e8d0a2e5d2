using System.Net;
using System.Net.Sockets;
using System.Text;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Host.Sharing;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Sharing;

/// <summary>Who calls the port of all files, by raw sockets.</summary>
public sealed class FileDoorTests : IAsyncLifetime
{
    private readonly ScratchFolder folder = new();
    private FileService files = null!;
    private Sha1Digest shared;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        files = FileService.Start(
            new FileServiceOptions { Listen = new Endpoint(0x7F000001, 0), DataPath = folder.At("."), SocketsMax = 2 }, _ => { });
        Assert.True(Sha1Digest.TryParse((await files.ShareAsync(folder.Put("data", "hello"u8), Cancelled)).Id, out shared));
    }

    public async ValueTask DisposeAsync()
    {
        await files.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(68)]
    [InlineData(48)]
    [InlineData(47)]
    [InlineData(1)]
    public async Task A_handshake_in_two_parts_is_answered(int first)
    {
        using var socket = await CallAsync();
        var bytes = Shake(shared);
        await socket.SendAsync(bytes.AsMemory(0, first), Cancelled);
        await Task.Delay(20, Cancelled); // so that it comes in two parts
        await socket.SendAsync(bytes.AsMemory(first), Cancelled);
        var answer = new byte[Handshake.Length];
        await socket.ReceiveAsync(answer, Cancelled).AsTask().WaitAsync(Soon.Limit, Cancelled);
        Assert.Equal(ReadStatus.Done, Handshake.TryRead(answer, out var handshake, out _));
        Assert.Equal(shared, handshake.InfoHash);
    }

    [Fact]
    public async Task Who_comes_for_a_file_that_is_not_here_or_speaks_otherwise_is_hung_up_on()
    {
        foreach (var bytes in new[] { Shake(new Sha1Digest(1, 1)), "\u0013BitTorrent protokoll"u8.ToArray(), "\0\0\0"u8.ToArray() })
        {
            using var socket = await CallAsync();
            await socket.SendAsync(bytes, Cancelled);
            if (bytes.Length == 3)
                socket.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, await EndAsync(socket));
        }
    }

    [Fact]
    public async Task A_browser_is_told_what_is_here()
    {
        using var socket = await CallAsync();
        await socket.SendAsync("GET /announce HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Cancelled);
        var answer = new byte[4096];
        var count = await socket.ReceiveAsync(answer, Cancelled).AsTask().WaitAsync(Soon.Limit, Cancelled);
        Assert.Contains("14:failure reason", Encoding.ASCII.GetString(answer, 0, count), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_finds_all_sockets_taken_waits_until_one_is_free()
    {
        var answer = new byte[Handshake.Length];
        using var one = await ShakenAsync();
        using var two = await ShakenAsync();
        using var late = await CallAsync();
        await late.SendAsync(Shake(shared), Cancelled);
        var waiting = late.ReceiveAsync(answer, Cancelled).AsTask();
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.WaitAsync(TimeSpan.FromMilliseconds(400), Cancelled));
        one.Dispose();
        Assert.True(await waiting.WaitAsync(Soon.Limit, Cancelled) > 0);
    }

    private static async Task<int> EndAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1], Cancelled).AsTask().WaitAsync(Soon.Limit, Cancelled);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }

    private static byte[] Shake(Sha1Digest file)
    {
        var bytes = new byte[Handshake.Length];
        new Handshake(file, PeerId.Create(new Rng((ulong)Random.Shared.NextInt64())), Fast: true, Extended: true).Write(bytes);
        return bytes;
    }

    private async Task<Socket> ShakenAsync()
    {
        var socket = await CallAsync();
        await socket.SendAsync(Shake(shared), Cancelled);
        Assert.True(await socket.ReceiveAsync(new byte[1], Cancelled).AsTask().WaitAsync(Soon.Limit, Cancelled) > 0);
        return socket;
    }

    private async Task<Socket> CallAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, files.Own.Port), Cancelled);
        return socket;
    }
}
