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
        now += Settings.MetadataPatience;
        swarm.Tick(now, outbox);
        Drain();
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
