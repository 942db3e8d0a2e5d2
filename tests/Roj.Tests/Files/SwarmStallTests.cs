using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;
using Outbox = Roj.Kernel.Outbox<Roj.Files.ConnectionId, Roj.Files.Wire.PeerMessage, Roj.Files.SwarmEvent, Roj.Files.SwarmEffect>;

namespace Roj.Tests.Files;

/// <summary>Ways in which a swarm once stood still, or went in circles, though it could have gone on.</summary>
public sealed class SwarmStallTests
{
    private const int BlockBytes = 16 * 1024;
    private static readonly Block OnlyBlock = new(0, 0, BlockBytes);
    private static readonly SwarmSettings Settings = new() { PeerId = PeerId.Create(new Rng(1)), ListenPort = 6881 };
    private static readonly InfoDictionary Info = InfoDictionary.Create("data.bin", BlockBytes, BlockBytes, new byte[Sha1Digest.Length]);

    private readonly Swarm swarm = new(Settings, new Rng(2));
    private readonly Outbox outbox = new();
    private readonly List<(ConnectionId To, PeerMessage Message)> said = [];
    private readonly List<SwarmEffect> done = [];
    private Instant now = Instant.Zero;
    private int dials;

    [Theory]
    [InlineData(true)] // BEP 6: refused one by one
    [InlineData(false)] // BEP 3: void all at once
    public void A_block_that_two_peers_refuse_is_asked_of_a_third_that_says_nothing(bool fast)
    {
        Describe();
        var third = default(ConnectionId);
        foreach (var name in (ulong[])[11, 12, 13])
        {
            third = Meet(name, fast);
            Hear(third, new PeerMessage.Bitfield(new byte[] { 0x80 }));
            Hear(third, new PeerMessage.Unchoke());
        }

        var asked = said.Where(one => one.Message is PeerMessage.Request).Select(one => one.To).ToArray();
        Assert.Equal(2, asked.Length); // end-game: at most two at a time
        Assert.DoesNotContain(third, asked);
        foreach (var peer in asked)
        {
            Hear(peer, new PeerMessage.Choke());
            if (fast)
                Hear(peer, new PeerMessage.Reject(OnlyBlock));
        }

        Assert.Contains((third, new PeerMessage.Request(OnlyBlock)), said);
    }

    [Fact]
    public void A_description_that_one_peer_refuses_is_asked_of_the_next()
    {
        var (first, second) = (Meet(11), Meet(12));
        var introduction = new ExtendedHandshake { MetadataId = 3, MetadataSize = Info.Bytes.Length }.Write();
        Hear(first, new PeerMessage.Extended(0, introduction));
        Hear(second, new PeerMessage.Extended(0, introduction));
        Hear(first, new PeerMessage.Extended(1, new MetadataMessage.Reject(0).Write()));
        Assert.Equal([first, second], said.Where(one => one.Message is PeerMessage.Extended { Id: 3 }).Select(one => one.To));
    }

    [Fact]
    public void A_node_that_calls_itself_does_not_call_again()
    {
        Describe();
        var own = new Endpoint(0x0A000001, Settings.ListenPort);
        swarm.Learn(now, own, isStatic: true, restarted: false);
        for (var seconds = 0; seconds < 60; seconds++)
        {
            now += TimeSpan.FromSeconds(1);
            swarm.Tick(now, outbox);
            Drain();
            if (done.OfType<SwarmEffect.Connect>().LastOrDefault() is { } dial && done.Remove(dial))
                CallMyself(dial.Connection, own.WithPort(40_000));
        }

        Assert.Equal(1, dials);
    }

    [Fact]
    public void A_peer_that_lost_the_connection_that_we_dialled_may_dial_anew()
    {
        Describe();
        var endpoint = new Endpoint(0x0A000002, 6881);
        swarm.Learn(now, endpoint, isStatic: true, restarted: false);
        swarm.Tick(now, outbox);
        Drain();
        var ours = Assert.Single(done.OfType<SwarmEffect.Connect>()).Connection;
        var lesser = LesserThan(Settings.PeerId);
        swarm.Connected(now, ours, outbox);
        Shake(ours, lesser, fast: true);

        now += TimeSpan.FromSeconds(30);
        var theirs = Accept(endpoint.WithPort(40_000));
        Shake(theirs, lesser, fast: true);
        Assert.Contains(new SwarmEffect.Close(ours, CloseReason.Duplicate), done);
        Assert.DoesNotContain(done, effect => effect is SwarmEffect.Close(var closed, _) && closed == theirs);
    }

    [Fact]
    public void Peers_that_have_everything_and_give_nothing_do_not_keep_others_from_being_dialled()
    {
        Describe();
        for (var name = 11UL; name < 11 + (ulong)Settings.DialUpTo; name++)
            Hear(Meet(name), new PeerMessage.HaveAll()); // and never an unchoke
        swarm.Learn(now, new Endpoint(0x0A000009, 6881), isStatic: true, restarted: false);
        swarm.Tick(now, outbox);
        Drain();
        Assert.DoesNotContain(done, effect => effect is SwarmEffect.Connect);

        now += Settings.RotateAfter;
        swarm.Tick(now, outbox);
        Drain();
        Assert.Contains(done, effect => effect is SwarmEffect.Close(_, CloseReason.Useless));
        Assert.Contains(done, effect => effect is SwarmEffect.Connect);
    }

    [Fact]
    public void A_disk_image_of_zeros_is_fetched_once_and_copied_everywhere()
    {
        const int Pieces = 16 * 1024;
        var hash = Sha1Digest.Of(new byte[BlockBytes]);
        var hashes = new byte[Pieces * Sha1Digest.Length];
        for (var piece = 0; piece < Pieces; piece++)
            hash.Write(hashes.AsSpan(piece * Sha1Digest.Length));
        var image = InfoDictionary.Create("disk.img", (long)Pieces * BlockBytes, BlockBytes, hashes);

        swarm.Describe(now, image, outbox);
        for (var piece = 0; piece < Pieces; piece++)
            swarm.Verified(now, piece, right: false, outbox);
        var peer = Accept(new Endpoint(11, 40_000));
        swarm.Shaken(now, peer, new Handshake(image.InfoHash, PeerId.Create(new Rng(11)), Fast: true, Extended: true), outbox);
        Hear(peer, new PeerMessage.HaveAll());
        Hear(peer, new PeerMessage.Unchoke());
        var asked = Assert.Single(said.Select(one => one.Message).OfType<PeerMessage.Request>()).Block;

        Hear(peer, new PeerMessage.Piece(asked));
        swarm.Verified(now, asked.Piece, right: true, outbox);
        Drain();
        var copies = done.OfType<SwarmEffect.Copy>().ToArray();
        Assert.Equal(Pieces - 1, copies.Length);
        foreach (var copy in copies)
            swarm.Verified(now, copy.To, right: true, outbox);
        Assert.True(swarm.IsComplete);
        Assert.Contains(Enumerable.Range(0, outbox.Count), i => outbox[i].Event is SwarmEvent.Completed(Repaired: true));
    }

    [Fact]
    public void A_file_that_was_changed_is_told_of_to_nobody_until_it_was_looked_at_again()
    {
        swarm.Describe(now, Info, outbox);
        Drain();
        swarm.Changed(now, outbox); // a check is under way: it is not begun again
        Drain();
        Assert.Single(done, effect => effect is SwarmEffect.Open);
        swarm.Verified(now, 0, right: true, outbox);
        Assert.True(swarm.IsComplete);
        var complete = new Endpoint(0x0A000009, 6881);
        swarm.Learn(now, complete, isStatic: true, restarted: false);
        swarm.Tick(now, outbox);
        Drain();
        var dialled = Assert.Single(done.OfType<SwarmEffect.Connect>()).Connection;
        swarm.Connected(now, dialled, outbox);
        Shake(dialled, PeerId.Create(new Rng(12)), fast: true);
        Hear(dialled, new PeerMessage.HaveAll());
        now += Settings.Linger;
        swarm.Tick(now, outbox);
        Drain();
        Assert.Contains(new SwarmEffect.Close(dialled, CloseReason.BothComplete), done);
        var peer = Meet(11);

        swarm.Changed(now, outbox);
        Drain();
        Assert.Contains(new SwarmEffect.Close(peer, CloseReason.FileChanged), done);
        Assert.Equal(2, done.Count(effect => effect is SwarmEffect.Open));
        Assert.Equal((0, 1, 0), (swarm.HaveCount, swarm.UncheckedCount, swarm.PeerCount));
        // Nobody rests any more, and whoever comes hears that there is nothing.
        swarm.Tick(now, outbox);
        Drain();
        Assert.Equal(2, done.Count(effect => effect is SwarmEffect.Connect));
        said.Clear();
        var next = Meet(13);
        Assert.Contains((next, new PeerMessage.HaveNone()), said);

        swarm.Verified(now, 0, right: false, outbox);
        Hear(next, new PeerMessage.HaveAll());
        Hear(next, new PeerMessage.Unchoke());
        Assert.Contains((next, new PeerMessage.Request(OnlyBlock)), said);
    }

    [Fact]
    public void A_peer_says_what_it_has_as_a_whole_only_once()
    {
        Describe();
        var peer = Meet(11);
        Hear(peer, new PeerMessage.HaveNone());
        Assert.DoesNotContain(done, effect => effect is SwarmEffect.Close);
        Hear(peer, new PeerMessage.HaveAll());
        Assert.Contains(new SwarmEffect.Close(peer, CloseReason.Misbehaved), done);
    }

    private void CallMyself(ConnectionId outgoing, Endpoint from)
    {
        dials++;
        swarm.Connected(now, outgoing, outbox);
        Drain();
        var incoming = Accept(from);
        Shake(incoming, Settings.PeerId, fast: true);
        // The called end answers, so that the other hears whom it reached.
        Assert.Contains(done, effect => effect is SwarmEffect.Shake(var to, _) && to == incoming);
        Shake(outgoing, Settings.PeerId, fast: true);
        Assert.Contains(new SwarmEffect.Close(outgoing, CloseReason.Self), done);
        swarm.Closed(now, incoming, outbox);
        Drain();
    }

    private void Describe()
    {
        swarm.Describe(now, Info, outbox);
        swarm.Verified(now, 0, right: false, outbox);
        Drain();
    }

    private ConnectionId Meet(ulong name, bool fast = true)
    {
        var connection = Accept(new Endpoint((uint)name, 40_000));
        Shake(connection, PeerId.Create(new Rng(name)), fast);
        return connection;
    }

    private ConnectionId Accept(Endpoint from)
    {
        var connection = Assert.NotNull(swarm.Accept(now, from, outbox));
        Drain();
        return connection;
    }

    private void Shake(ConnectionId connection, PeerId name, bool fast)
    {
        swarm.Shaken(now, connection, new Handshake(Info.InfoHash, name, fast, Extended: true), outbox);
        Drain();
    }

    private void Hear(ConnectionId from, PeerMessage message)
    {
        swarm.Receive(now, from, message, outbox);
        Drain();
    }

    private void Drain()
    {
        for (var i = 0; i < outbox.Count; i++)
        {
            if (outbox[i].Message is { } message)
                said.Add((outbox[i].To, message));
            else if (outbox[i].Effect is { } effect)
                done.Add(effect);
        }

        outbox.Clear();
    }

    private static PeerId LesserThan(PeerId other)
    {
        var rng = new Rng(3);
        var id = PeerId.Create(rng);
        while (id.CompareTo(other) > 0)
            id = PeerId.Create(rng);
        return id;
    }
}
