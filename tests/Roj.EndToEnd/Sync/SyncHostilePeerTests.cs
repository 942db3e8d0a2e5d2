using System.Security.Cryptography;
using Roj.Kernel;
using Xunit;

namespace Roj.EndToEnd;

/// <summary>Peers that lie, shout or hang: they are dropped, and the node goes on for the others.</summary>
public class SyncHostilePeerTests
{
    private const string Node = "127.0.0.1";
    private const string Villain = "127.0.0.66";
    private const string Data = "data.bin";
    private const long PeakBytesMax = 64 << 20;

    /// <summary>What comes after a right handshake.</summary>
    public static TheoryData<string, byte[]> Unlawful => new()
    {
        { "asks for a part out of range", RawPeer.Frame(6, [5, 0, 16 * 1024]) },
        { "asks for a part with the highest bit set", RawPeer.Frame(6, [uint.MaxValue, 0, 16 * 1024]) },
        { "asks beyond the end of a part", RawPeer.Frame(6, [0, 1, 16 * 1024]) },
        { "asks beyond the end of the short last part", RawPeer.Frame(6, [4, 0, 101]) },
        { "asks for nothing", RawPeer.Frame(6, [0, 0, 0]) },
        { "asks for 4 GiB", RawPeer.Frame(6, [0, 0, uint.MaxValue]) },
        { "announces a frame of 4 GiB", [255, 255, 255, 255] },
        { "announces a frame of 16 MiB", [1, 0, 0, 0, 20] },
        { "sends a request of the wrong length", RawPeer.Frame(6, [0, 0]) },
        { "sends a block that nobody asked for", RawPeer.Frame(7, [9, 0], 1, 2, 3) },
        { "has a part out of range", RawPeer.Frame(4, [5]) },
        { "has parts behind the last", RawPeer.Frame(5, [], 0xFF) },
        { "sends a bitfield of the wrong length", RawPeer.Frame(5, [], 0, 0) },
        { "sends an extension message that is no bencoding", RawPeer.Frame(20, [], 0, (byte)'x') },
    };

    [Theory]
    [MemberData(nameof(Unlawful))]
    public Task A_peer_that_breaks_the_protocol_is_dropped(string what, byte[] frame) => AssertDroppedAsync(what, hash =>
        [.. RawPeer.Handshake(hash), .. frame]);

    [Fact]
    public Task A_peer_that_speaks_something_else_is_dropped() =>
        AssertDroppedAsync("speaks HTTP", _ => "GET / HTTP/1.1\r\nHost: roj\r\n\r\n"u8.ToArray());

    [Fact]
    public Task A_peer_that_sends_junk_is_dropped() => AssertDroppedAsync("sends junk", _ =>
    {
        var junk = new byte[1 << 20];
        new Rng(42).Fill(junk);
        return junk;
    });

    [Fact]
    public Task A_peer_that_sends_junk_after_a_right_handshake_is_dropped() => AssertDroppedAsync("sends junk late", hash =>
    {
        var junk = new byte[1 << 20];
        new Rng(43).Fill(junk);
        return [.. RawPeer.Handshake(hash), .. junk];
    });

    [Fact]
    public Task A_peer_with_another_file_is_dropped() =>
        AssertDroppedAsync("has another file", _ => RawPeer.Handshake(SHA1.HashData("another"u8)));

    [Fact]
    public Task A_peer_that_says_nothing_is_dropped() => AssertDroppedAsync("says nothing", _ => []);

    [Fact]
    public async Task A_hundred_silent_connections_keep_nobody_out()
    {
        using var workshop = new Workshop();
        using var node = Start(workshop);
        await node.SaysAsync("complete");
        var silent = new List<RawPeer>();
        try
        {
            for (var i = 0; i < 100; i++)
                silent.Add(await RawPeer.ConnectAsync(Villain, Node));
            await AssertServesAsync(workshop);
            await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken); // until then the kernel keeps them back
            await AssertServesAsync(workshop);
            await AssertWellAsync(node);
        }
        finally
        {
            silent.ForEach(peer => peer.Dispose());
        }
    }

    [Fact]
    public async Task A_peer_that_asks_and_never_reads_costs_no_memory_and_nobody_else_time()
    {
        using var workshop = new Workshop();
        using var node = Start(workshop);
        await node.SaysAsync("complete");
        using var villain = await RawPeer.ConnectAsync(Villain, Node);
        var ask = RawPeer.Frame(6, [0, 0, 16 * 1024]);
        await villain.SendAsync(RawPeer.Handshake(RawPeer.InfoHash(workshop.File, Data)));
        await villain.SendAsync(Enumerable.Repeat(ask, 100_000).SelectMany(frame => frame).ToArray());
        await AssertServesAsync(workshop);
        await AssertWellAsync(node); // 100,000 answers would be 1.6 GiB
    }

    [Fact]
    public async Task A_block_that_is_asked_for_rightly_is_given()
    {
        // The dumb client of these tests is understood at all: else they would prove nothing.
        using var workshop = new Workshop();
        using var node = Start(workshop);
        await node.SaysAsync("complete");
        using var peer = await RawPeer.ConnectAsync(Villain, Node);
        var hash = RawPeer.InfoHash(workshop.File, Data);
        await peer.SendAsync(RawPeer.Handshake(hash));
        var answer = await peer.ReceiveAsync(68);
        Assert.Equal(hash, answer[28..48]);
        await peer.SendAsync((byte[])[.. RawPeer.Frame(2, []), .. RawPeer.Frame(6, [4, 10, 90])]);
        var piece = await peer.ReceiveFrameAsync(7);
        Assert.Equal([0, 0, 0, 4, 0, 0, 0, 10], piece[..8]);
        Assert.Equal(workshop.File.Part(4)[10..].ToArray(), piece[8..]);
    }

    private static RojProcess Start(Workshop workshop) =>
        workshop.Sync(workshop.Configure("torrent.conf", describes: true), workshop.Put(Data, workshop.File.Bytes), Node);

    private static async Task AssertDroppedAsync(string what, Func<byte[], byte[]> attack)
    {
        using var workshop = new Workshop();
        using var node = Start(workshop);
        await node.SaysAsync("complete");
        using (var villain = await RawPeer.ConnectAsync(Villain, Node))
        {
            await villain.SendAsync(attack(RawPeer.InfoHash(workshop.File, Data)));
            Assert.True(await villain.IsDroppedAsync(), $"a peer that {what} is still connected");
        }

        await AssertServesAsync(workshop);
        await AssertWellAsync(node);
    }

    private static async Task AssertServesAsync(Workshop workshop)
    {
        using var honest = workshop.Sync(
            workshop.Configure("honest.conf", false, Node), workshop.At("honest.bin"), "127.0.0.2", "--exit-when-complete");
        Assert.Equal(0, (await honest.EndAsync()).ExitCode);
        Assert.Equal(workshop.File.Bytes, File.ReadAllBytes(workshop.At("honest.bin")));
    }

    private static async Task AssertWellAsync(RojProcess node)
    {
        Assert.InRange(ProcFs.Usage(node.Id)!.Value.PeakRssBytes, 0, PeakBytesMax);
        var (end, _) = await node.SignalAsync(Native.SigTerm);
        Assert.Equal((0, ""), (end.ExitCode, end.Errors));
    }
}
