using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Host.Sharing;
using Roj.Kernel;
using Roj.Tests.Host.Net;
using Xunit;

namespace Roj.Tests.Host.Sharing;

/// <summary>Files where there is a key: holders get them, others get nothing unless they are let in.</summary>
public sealed class SealedSwarmTests : IAsyncDisposable
{
    private static readonly ClusterKey Ours = ClusterKey.Create();
    private static readonly ClusterKey Older = ClusterKey.Create();

    private readonly ScratchFolder folder = new();
    private readonly List<FileService> services = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var service in services)
            await service.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)] // whose first key is another
    [InlineData(false, true, true)] // who would do without a key as well still meet with it
    public async Task A_file_goes_between_holders_of_a_key_byte_for_byte(bool rotates, bool onePlain, bool otherPlain)
    {
        var one = Start(0, rotates ? Rings.Of(Ours, Older) : Rings.Of(Ours), onePlain);
        var other = Start(1, rotates ? Rings.Of(Older) : Rings.Of(Ours), otherPlain);
        await AssertGoesAsync(one, other);
    }

    [Fact]
    public async Task Where_plain_peers_are_let_in_one_without_a_key_gets_and_gives_files()
    {
        var keyed = Start(0, Rings.Of(Ours), allowPlain: true);
        var plain = Start(1, null);
        await AssertGoesAsync(keyed, plain);
        await AssertGoesAsync(plain, keyed, seed: 9);
    }

    [Fact]
    public async Task Who_has_no_key_gets_nothing()
    {
        var files = Start(0, Rings.Of(Ours));
        var shared = await files.ShareAsync(folder.Put("data", Shared.Random(100_000)), Cancelled);
        Assert.True(Sha1Digest.TryParse(shared.Id, out var id));
        foreach (var said in new[] { Shake(id), "GET /announce HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), "\0\0\0\0"u8.ToArray() })
        {
            using var socket = await CallAsync(files, 1);
            await socket.SendAsync(said, Cancelled);
            Assert.Equal(0, await EndAsync(socket));
        }

        using var other = await CallAsync(files, 1);
        Assert.Null(await new Tls(Rings.Of(Older), Tls.Swarm).CallAsync(other, null, Cancelled));
        using var exchange = await CallAsync(files, 1);
        Assert.Null(await new Tls(Rings.Of(Ours), Tls.Exchange).CallAsync(exchange, null, Cancelled));
    }

    [Fact]
    public async Task Who_has_a_key_dials_by_it_and_a_second_time_without_only_if_that_is_allowed()
    {
        foreach (var (allowPlain, second) in new[] { (false, (byte)0x16), (true, (byte)0x13) })
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(Loopback.Of(3), 0));
            listener.Listen();
            var files = Start(services.Count, Rings.Of(Ours), allowPlain);
            files.Noticed(new NodeId(3), ((IPEndPoint)listener.LocalEndPoint!).ToRoj());
            await files.FetchAsync(new string('a', 40), null, Cancelled);
            Assert.Equal(0x16, await FirstByteAsync(listener));
            Assert.Equal(second, await FirstByteAsync(listener));
        }
    }

    [Fact]
    public async Task Crowds_that_begin_handshakes_and_stop_keep_no_holder_out()
    {
        var files = Start(0, Rings.Of(Ours));
        var shared = await files.ShareAsync(folder.Put("data", Shared.Random(1000)), Cancelled);
        Assert.True(Sha1Digest.TryParse(shared.Id, out var id));
        List<Socket> stalled = [];
        try
        {
            for (var i = 0; i < 3 * FileDoor.CallersMax; i++)
            {
                stalled.Add(await CallAsync(files, 2 + (i / 8)));
                await stalled[i].SendAsync(new byte[] { 0x16, 3, 1, 1, 0, 1 }, Cancelled);
            }

            using var socket = await CallAsync(files, 1);
            var calling = new Tls(Rings.Of(Ours), Tls.Swarm).CallAsync(socket, null, Cancelled);
            using var channel = await calling.WaitAsync(Soon.Limit, Cancelled);
            Assert.NotNull(channel);
            await channel.SendAsync(Shake(id), Cancelled);
            var answer = new byte[Handshake.Length];
            Assert.True(await channel.ReceiveAsync(answer, Cancelled).AsTask().WaitAsync(Soon.Limit, Cancelled) > 0);
            Assert.Equal("\u0013BitTorrent protocol"u8, answer.AsSpan(0, 20));
        }
        finally
        {
            stalled.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task One_address_cannot_have_us_sign_for_it_without_end()
    {
        var files = Start(0, Rings.Of(Ours));
        using var foreign = Rings.Leaf(Older);
        var answered = 0;
        for (var i = 0; i < 3 * Tls.BegunPerSourceMax; i++)
        {
            using var socket = await CallAsync(files, 5);
            await using var stream = new SslStream(new NetworkStream(socket));
            var options = Rings.Options(foreign, "roj-swarm/1");
            options.RemoteCertificateValidationCallback = (_, shown, _, _) => ++answered > 0 && shown is null; // enough was seen
            var shaking = stream.AuthenticateAsClientAsync(options, Cancelled);
            await Assert.ThrowsAnyAsync<Exception>(() => shaking.WaitAsync(Soon.Limit, Cancelled));
        }

        Assert.InRange(answered, Tls.BegunPerSourceMax, (3 * Tls.BegunPerSourceMax) - 1);
        using var ours = await CallAsync(files, 6);
        using var channel = await new Tls(Rings.Of(Ours), Tls.Swarm).CallAsync(ours, null, Cancelled);
        Assert.NotNull(channel);
    }

    private static byte[] Shake(Sha1Digest file)
    {
        var bytes = new byte[Handshake.Length];
        new Handshake(file, PeerId.Create(new Rng(7)), Fast: true, Extended: true).Write(bytes);
        return bytes;
    }

    private static async Task<byte> FirstByteAsync(Socket listener)
    {
        using var caller = await listener.AcceptAsync(Cancelled).AsTask().WaitAsync(Soon.Limit, Cancelled);
        var first = new byte[1];
        await caller.ReceiveAsync(first, Cancelled).AsTask().WaitAsync(Soon.Limit, Cancelled);
        return first[0];
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

    private static async Task<Socket> CallAsync(FileService files, int from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(Loopback.Of(from), 0));
        await socket.ConnectAsync(files.Own.ToSystem(), Cancelled);
        return socket;
    }

    private async Task AssertGoesAsync(FileService from, FileService to, ulong seed = 1)
    {
        var bytes = Shared.Random(3_000_000, seed);
        var shared = await from.ShareAsync(folder.Put($"film-{seed}", bytes), Cancelled);
        to.Noticed(new NodeId(1), from.Own);
        await to.FetchAsync(shared.Id, null, Cancelled);
        using var limit = new CancellationTokenSource(Soon.Limit);
        FileStatus? last = null;
        await foreach (var status in to.FollowAsync(shared.Id, limit.Token))
            last = status;
        Assert.Equal(bytes, File.ReadAllBytes(last!.Path!));
    }

    private FileService Start(int number, ClusterKeys? keys, bool allowPlain = false)
    {
        var service = FileService.Start(
            new FileServiceOptions
            {
                Listen = new Endpoint(Loopback.First + (uint)number, 0),
                DataPath = Directory.CreateDirectory(folder.At($"{number}")).FullName,
                Keys = keys,
                AllowPlainSwarm = allowPlain,
            },
            _ => { });
        services.Add(service);
        return service;
    }
}
