using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Roj.Host.Net;
using Roj.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Net;

/// <summary>Who comes through a handshake, and who does not: the bad-input rows "TCP" with a key.</summary>
public sealed class TlsTests
{
    private static readonly ClusterKey Ours = ClusterKey.Create();
    private static readonly ClusterKey Older = ClusterKey.Create();
    private static readonly ClusterKey Foreign = ClusterKey.Create();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_holds_the_same_key_is_talked_to_both_ways()
    {
        var (caller, called) = await ShakeAsync(Rings.Of(Ours), Rings.Of(Ours));
        using (caller)
        using (called)
        {
            Assert.Equal((Ours.Id, Ours.Id), (caller!.KeyId, called!.KeyId));
            var bytes = Shared.Random(300_000);
            var sending = caller.SendAsync(bytes, Cancelled);
            Assert.Equal(bytes, await FillAsync(called, bytes.Length));
            await sending;
            await called.SendAsync("and back"u8.ToArray(), Cancelled);
            Assert.Equal("and back"u8.ToArray(), await FillAsync(caller, 8));
            caller.Dispose();
            Assert.Equal(0, await called.ReceiveAsync(new byte[1], Cancelled).AsTask().WaitAsync(Soon.Limit, Cancelled));
        }
    }

    [Fact]
    public async Task Who_holds_another_key_is_refused_on_both_sides() =>
        Assert.Equal((null, null), await ShakeAsync(Rings.Of(Foreign), Rings.Of(Ours)));

    [Fact]
    public async Task Rings_meet_by_any_key_that_they_share_whoever_calls()
    {
        foreach (var (one, other, common) in new[]
        {
            (Rings.Of(Ours, Older), Rings.Of(Older), Older),
            (Rings.Of(Older), Rings.Of(Ours, Older), Older),
            (Rings.Of(Ours, Older), Rings.Of(Older, Ours), Ours), // the caller's first is asked for
            (Rings.Of(Foreign, Older), Rings.Of(Ours, Older), null!), // neither's first is known to the other
        })
        {
            var (caller, called) = await ShakeAsync(one, other);
            using (caller)
            using (called)
                Assert.Equal((common?.Id, common?.Id), (caller?.KeyId, called?.KeyId));
        }
    }

    [Fact]
    public async Task A_caller_may_say_which_key_it_would_like_the_answer_under()
    {
        var (caller, called) = await ShakeAsync(Rings.Of(Foreign, Older), Rings.Of(Ours, Older), Older.Id);
        using (caller)
        using (called)
            Assert.Equal((Older.Id, Older.Id), (caller?.KeyId, called?.KeyId));
    }

    [Fact]
    public async Task A_retired_key_lets_nobody_in_any_more_and_leaves_who_is_in_alone()
    {
        var ring = Rings.Of(Ours, Older);
        var (caller, called) = await ShakeAsync(Rings.Of(Older), ring);
        using (caller)
        using (called)
        {
            Assert.NotNull(called);
            Assert.True(ring.Take(ring.Current.Retire(), _ => { }));
            Assert.Equal((null, null), await ShakeAsync(Rings.Of(Older), ring));
            await called.SendAsync("still here"u8.ToArray(), Cancelled);
            Assert.Equal("still here"u8.ToArray(), await FillAsync(caller!, 10));
        }
    }

    [Fact]
    public async Task What_comes_after_a_rotation_is_under_the_new_key()
    {
        var (ours, theirs) = (Rings.Of(Older), Rings.Of(Older));
        var next = ours.Current.Rotate(Ours);
        foreach (var keys in new[] { ours, theirs })
            Assert.True(keys.Take(next, _ => { }));
        var (caller, called) = await ShakeAsync(ours, theirs);
        using (caller)
        using (called)
            Assert.Equal((Ours.Id, Ours.Id), (caller?.KeyId, called?.KeyId));
    }

    [Theory]
    [InlineData(1971, 1972)] // long over
    [InlineData(2200, 2300)] // far ahead
    public async Task Clocks_may_be_wrong_for_dates_are_not_looked_at(int from, int until)
    {
        using var leaf = Rings.Leaf(Ours, NewYear(from), NewYear(until));
        Assert.True(await IsLetInAsync(Rings.Options(leaf, "roj-swarm/1")));
    }

    [Fact]
    public async Task Strangers_leaves_old_protocols_and_other_doors_are_refused()
    {
        using var ours = Rings.Leaf(Ours);
        using var foreign = Rings.Leaf(Foreign);
        using var selfSigned = SelfSigned();
        using var flipped = Flipped();
        Assert.True(await IsLetInAsync(Rings.Options(ours, "roj-swarm/1"))); // what all others differ from in one thing
        Assert.False(await IsLetInAsync(Rings.Options(foreign, "roj-swarm/1")));
        Assert.False(await IsLetInAsync(Rings.Options(selfSigned, "roj-swarm/1")));
        Assert.False(await IsLetInAsync(Rings.Options(flipped, "roj-swarm/1")));
        Assert.False(await IsLetInAsync(Rings.Options(null, "roj-swarm/1")));
        Assert.False(await IsLetInAsync(Rings.Options(ours, "roj-exchange/1")));
        var nameless = Rings.Options(ours, "roj-swarm/1");
        nameless.ApplicationProtocols = null;
        Assert.False(await IsLetInAsync(nameless));
        var old = Rings.Options(ours, "roj-swarm/1");
        old.EnabledSslProtocols = SslProtocols.Tls12;
        Assert.False(await IsLetInAsync(old));
    }

    [Fact]
    public async Task A_leaf_that_says_where_its_issuer_is_to_be_had_has_nothing_fetched()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var leaf = SelfSigned($"http://{listener.LocalEndPoint}/issuer");
        Assert.False(await IsLetInAsync(Rings.Options(leaf, "roj-swarm/1")));
        Assert.False(listener.Poll(TimeSpan.Zero, SelectMode.SelectRead));
    }

    [Theory]
    [InlineData("00000000.roj")]
    [InlineData("zzzzzzzz.roj")]
    [InlineData("localhost")]
    [InlineData("")]
    public async Task A_name_that_is_no_key_of_ours_is_answered_under_the_first(string name)
    {
        using var leaf = Rings.Leaf(Ours);
        Assert.True(await IsLetInAsync(Rings.Options(leaf, "roj-swarm/1", name)));
    }

    [Fact]
    public async Task Nothing_is_kept_that_a_later_connection_could_resume()
    {
        using var leaf = Rings.Leaf(Ours);
        var options = Rings.Options(leaf, "roj-swarm/1");
        options.AllowTlsResume = true;
        var asked = 0;
        options.RemoteCertificateValidationCallback = (_, _, _, _) => ++asked > 0; // not asked where a session is resumed
        Assert.True(await IsLetInAsync(options));
        Assert.True(await IsLetInAsync(options));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Who_could_do_with_less_gets_the_version_that_knows_no_renegotiation()
    {
        var (caller, called) = await Rings.ConnectAsync();
        using var leaf = Rings.Leaf(Ours);
        using var socket = caller;
        await using var stream = new SslStream(new NetworkStream(caller));
        var answering = new Tls(Rings.Of(Ours), Tls.Swarm).AnswerAsync(called, Cancelled);
        var options = Rings.Options(leaf, "roj-swarm/1");
        options.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        await stream.AuthenticateAsClientAsync(options, Cancelled);
        using var channel = await answering;
        Assert.NotNull(channel);
        Assert.Equal(SslProtocols.Tls13, stream.SslProtocol); // RFC 8446, section 4.1.2: it is gone from the protocol
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\u0013BitTorrent protocol")]
    [InlineData("\u0016\u0003\u0001\u0000\u0005garbage garbage garbage")]
    [InlineData("\u0016\u0003\u0001\u007f\u007f")] // a longer record than there may be
    [InlineData("\u0015\u0003\u0003\u0000\u0002\u0002\u0028")] // an alert
    public async Task Garbage_is_the_end_of_its_connection(string text)
    {
        var (caller, called) = await Rings.ConnectAsync();
        using (caller)
        using (called)
        {
            var answering = new Tls(Rings.Of(Ours), Tls.Swarm).AnswerAsync(called, Cancelled);
            await caller.SendAsync(System.Text.Encoding.Latin1.GetBytes(text), Cancelled);
            caller.Shutdown(SocketShutdown.Send);
            Assert.Null(await answering.WaitAsync(Soon.Limit, Cancelled));
        }
    }

    [Fact]
    public async Task Garbage_behind_a_right_beginning_is_the_end_too()
    {
        var hello = await HelloAsync();
        foreach (var behind in new byte[][] { Shared.Random(2000), [0x17, 3, 3, 0, 40, .. Shared.Random(40)], [0x14, 3, 3, 0, 1, 1] })
        {
            var (caller, called) = await Rings.ConnectAsync();
            using (caller)
            using (called)
            {
                var answering = new Tls(Rings.Of(Ours), Tls.Swarm).AnswerAsync(called, Cancelled);
                await caller.SendAsync((byte[])[.. hello, .. behind], Cancelled);
                caller.Shutdown(SocketShutdown.Send);
                Assert.Null(await answering.WaitAsync(Soon.Limit, Cancelled));
            }
        }
    }

    [Fact]
    public async Task A_handshake_that_is_longer_than_any_of_ours_is_not_heard_out()
    {
        var (caller, called) = await Rings.ConnectAsync();
        using (caller)
        using (called)
        {
            var answering = new Tls(Rings.Of(Ours), Tls.Swarm).AnswerAsync(called, Cancelled);
            // A ClientHello of 64 KiB, in records of 16 KiB, of which the last is not sent.
            byte[] record = [0x16, 3, 1, 0x40, 0, .. new byte[0x4000]];
            byte[] first = [0x16, 3, 1, 0x40, 0, 1, 0, 0xFF, 0xFF, .. new byte[0x3FFC]];
            await caller.SendAsync(first.AsMemory(0, HandshakeStream.BytesMax - 1), Cancelled);
            Assert.False(answering.IsCompleted);
            await caller.SendAsync((byte[])[.. first.AsSpan(HandshakeStream.BytesMax - 1), .. record, .. record], Cancelled);
            Assert.Null(await answering.WaitAsync(Soon.Limit, Cancelled));
        }
    }

    [Fact]
    public async Task A_handshake_byte_by_byte_is_one_and_one_that_stalls_ends_when_told_to()
    {
        var hello = await HelloAsync();
        var (caller, called) = await Rings.ConnectAsync();
        using (caller)
        using (called)
        {
            using var patience = new CancellationTokenSource();
            var answering = new Tls(Rings.Of(Ours), Tls.Swarm).AnswerAsync(called, patience.Token);
            foreach (var one in hello)
                await caller.SendAsync((byte[])[one], Cancelled);
            // The answer shows that all of it was read; then we say no more.
            Assert.True(await caller.ReceiveAsync(new byte[1], Cancelled).AsTask().WaitAsync(Soon.Limit, Cancelled) > 0);
            Assert.False(answering.IsCompleted);
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering.WaitAsync(Soon.Limit, Cancelled));
        }
    }

    [Fact]
    public async Task Bytes_that_were_changed_on_their_way_end_the_connection_as_a_socket_would()
    {
        var (outside, caller) = await Rings.ConnectAsync();
        var (called, inside) = await Rings.ConnectAsync();
        using var one = outside;
        using var other = inside;
        using var cut = new CancellationTokenSource();
        _ = PumpAsync(caller, called, () => cut.IsCancellationRequested);
        _ = PumpAsync(called, caller, () => false);
        var answering = new Tls(Rings.Of(Ours), Tls.Swarm).AnswerAsync(inside, Cancelled);
        using var channel = await new Tls(Rings.Of(Ours), Tls.Swarm).CallAsync(outside, null, Cancelled);
        using var answered = await answering;
        await cut.CancelAsync();
        await channel!.SendAsync(new byte[100], Cancelled);
        await Assert.ThrowsAsync<SocketException>(
            () => answered!.ReceiveAsync(new byte[100], Cancelled).AsTask().WaitAsync(Soon.Limit, Cancelled));
    }

    [Fact]
    public void One_address_begins_twenty_handshakes_a_second_and_others_still_do()
    {
        var tls = new Tls(Rings.Of(Ours), Tls.Swarm);
        var begun = Enumerable.Range(0, 5 * Tls.BegunPerSourceMax).Count(_ => tls.TryBegin(0x0A000001));
        Assert.InRange(begun, Tls.BegunPerSourceMax, 2 * Tls.BegunPerSourceMax); // the test may take part of a second
        Assert.True(tls.TryBegin(0x0A000002));
        Assert.InRange(Enumerable.Range(0, 5 * Tls.BegunMax).Count(i => tls.TryBegin((uint)(0x0B000000 + i))), 1, 2 * Tls.BegunMax);
    }

    private static async Task<(SealedChannel? Caller, SealedChannel? Called)> ShakeAsync(
        ClusterKeys calling, ClusterKeys called, uint? keyId = null)
    {
        var (one, other) = await Rings.ConnectAsync();
        var answering = new Tls(called, Tls.Swarm).AnswerAsync(other, Cancelled);
        var made = await new Tls(calling, Tls.Swarm).CallAsync(one, keyId, Cancelled).WaitAsync(Soon.Limit, Cancelled);
        if (made is null)
            one.Dispose();
        var answered = await answering.WaitAsync(Soon.Limit, Cancelled);
        if (answered is null)
            other.Dispose();
        return (made, answered);
    }

    /// <summary>Whether a caller with these options is let in, as the called side sees it.</summary>
    private static async Task<bool> IsLetInAsync(SslClientAuthenticationOptions options)
    {
        var (caller, called) = await Rings.ConnectAsync();
        using var one = caller;
        using var other = called;
        var answering = new Tls(Rings.Of(Ours), Tls.Swarm).AnswerAsync(called, Cancelled);
        await using var stream = new SslStream(new NetworkStream(caller));
        try
        {
            await stream.AuthenticateAsClientAsync(options, Cancelled);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            caller.Dispose();
        }

        using var channel = await answering.WaitAsync(Soon.Limit, Cancelled);
        return channel is not null;
    }

    /// <summary>A ClientHello as our own nodes send it.</summary>
    private static async Task<byte[]> HelloAsync()
    {
        var (caller, called) = await Rings.ConnectAsync();
        using var one = called;
        var calling = new Tls(Rings.Of(Ours), Tls.Swarm).CallAsync(caller, null, Cancelled);
        var hello = new byte[4096];
        var length = await called.ReceiveAsync(hello, Cancelled);
        caller.Dispose();
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => calling.WaitAsync(Soon.Limit, Cancelled));
        return hello[..length];
    }

    private static async Task PumpAsync(Socket from, Socket to, Func<bool> flips)
    {
        var buffer = new byte[65536];
        try
        {
            while (await from.ReceiveAsync(buffer, Cancelled) is var count and > 0)
            {
                if (flips())
                    buffer[count - 1] ^= 1;
                await to.SendAsync(buffer.AsMemory(0, count), Cancelled);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over.
        }
    }

    private static async Task<byte[]> FillAsync(SealedChannel channel, int length)
    {
        var bytes = new byte[length];
        for (var held = 0; held < length;)
        {
            var received = await channel.ReceiveAsync(bytes.AsMemory(held), Cancelled).AsTask().WaitAsync(Soon.Limit, Cancelled);
            Assert.True(received > 0);
            held += received;
        }

        return bytes;
    }

    private static X509Certificate2 SelfSigned(string? issuerAt = null)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=roj", own, HashAlgorithmName.SHA256);
        if (issuerAt is not null)
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([issuerAt], [issuerAt]));
        return request.CreateSelfSigned(NewYear(1970), NewYear(2100));
    }

    private static DateTimeOffset NewYear(int year) => new(year, 1, 1, 0, 0, 0, default);

    /// <summary>A right leaf whose signature has one bit that is another.</summary>
    private static X509Certificate2 Flipped()
    {
        using var leaf = Rings.Leaf(Ours);
        var bytes = leaf.RawData;
        bytes[^1] ^= 1;
        using var own = leaf.GetECDsaPrivateKey()!;
        using var damaged = X509CertificateLoader.LoadCertificate(bytes);
        return damaged.CopyWithPrivateKey(own);
    }
}
