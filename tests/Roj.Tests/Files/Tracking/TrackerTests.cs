using System.Text;
using Roj.Files.Tracking;
using Roj.Files.Wire;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Files.Tracking;

public sealed class TrackerTests
{
    private static readonly Endpoint Own = new(0x0A000001, 6881);

    private readonly Tracker tracker = new(new Rng(1));
    private readonly TrackingOutbox outbox = new();
    private Instant now = new(TimeSpan.TicksPerHour);
    private SharedState state = new(Announcing.File, Own, true, []);

    [Fact]
    public void Who_announces_is_told_of_the_node_and_of_those_before()
    {
        Assert.Equal([Own], Peers(Announce(0x0A000002)));
        Assert.Equal([Own, new Endpoint(0x0A000002, 7000)], Peers(Announce(0x0A000003)));
        Assert.Equal([Own, new Endpoint(0x0A000003, 7000)], Peers(Announce(0x0A000002)));
        Assert.Equal([new Endpoint(0x0A000002, 7000)], Assert.IsType<TrackingEvent.PeersFound>(outbox[0].Event).Peers);
    }

    [Fact]
    public void Peers_that_the_node_met_are_told_too()
    {
        state = state with { Peers = [new Endpoint(0x0A000009, 1), new Endpoint(0x0A000002, 7000), Own] };
        Assert.Equal([Own, new Endpoint(0x0A000009, 1)], Peers(Announce(0x0A000002)));
    }

    [Fact]
    public void The_whole_are_not_told_of_the_whole()
    {
        Announce(0x0A000002, "&left=0");
        Announce(0x0A000003, "&left=1");
        Assert.Equal([new Endpoint(0x0A000003, 7000)], Peers(Announce(0x0A000004, "&left=0")));
        var answer = Read(Announce(0x0A000004, "&left=0"));
        Assert.Equal((3L, 1L), (answer.Complete, answer.Incomplete));
    }

    [Fact]
    public void Who_leaves_or_stays_away_is_forgotten()
    {
        Announce(0x0A000002);
        Announce(0x0A000003);
        Assert.Empty(Peers(Announce(0x0A000002, "&event=stopped")));
        Assert.Equal(2, Peers(Announce(0x0A000004)).Length);
        now += (2 * Tracker.Interval) - TimeSpan.FromTicks(1);
        Assert.Equal(3, Peers(Announce(0x0A000005)).Length);
        now += TimeSpan.FromTicks(1);
        Assert.Equal([Own], Peers(Announce(0x0A000005)));
    }

    [Theory]
    [InlineData("&numwant=0", 0)]
    [InlineData("&numwant=2", 2)]
    [InlineData("&numwant=199", 199)]
    [InlineData("&numwant=4000000000", 200)]
    [InlineData("", 50)]
    public void As_many_are_told_as_are_wanted_within_the_limit(string wanted, int told)
    {
        for (var i = 0u; i < 250; i++)
            Announce(0x0A000100 + i);
        Assert.Equal(told, Peers(Announce(0x0A000002, wanted)).Length);
    }

    [Fact]
    public void An_address_can_not_fill_the_table()
    {
        Announce(0x0A000002);
        for (var port = 1000; port < 1000 + (2 * AnnouncedPeers.PeersOfAddressMax); port++)
            Announce(0x0A000003, $"&port={port}");
        var peers = Peers(Announce(0x0A000004, "&numwant=200"));
        Assert.Equal(2 + AnnouncedPeers.PeersOfAddressMax, peers.Length);
        Assert.Contains(new Endpoint(0x0A000002, 7000), peers);
    }

    [Fact]
    public void The_table_has_a_limit()
    {
        var table = new AnnouncedPeers();
        for (var i = 0; i <= AnnouncedPeers.PeersMax; i++)
        {
            Assert.Equal(i, table.Count);
            table.Put(now, new(new Endpoint(0x0A000100 + (uint)i, 1), default, false, now + TimeSpan.FromSeconds(1 + i)));
        }

        table.Put(now, new(new Endpoint(1 << 24, 1), default, false, now + TimeSpan.FromHours(1)));
        Assert.Equal(AnnouncedPeers.PeersMax, table.Count);
        Assert.DoesNotContain(table.All, peer => peer.Endpoint.Address == 0x0A000100);
    }

    [Fact]
    public void A_loopback_address_is_told_on_its_own_host_only()
    {
        Announce(0x7F000001);
        Assert.Equal([Own], Peers(Announce(0x0A000002)));
        Assert.Contains(new Endpoint(0x7F000001, 7000), Peers(Announce(0x7F000001, "&port=7001")));
    }

    [Fact]
    public void Dictionaries_tell_names_unless_nobody_wants_them()
    {
        Announce(0x0A000002);
        var peers = Read(Announce(0x0A000003, "&compact=0")).Peers;
        Assert.Equal(PeerId.Read("-RJ0001-abcdefghijkl"u8), peers.Single(peer => peer.Endpoint.Address == 0x0A000002).PeerId);
        Assert.All(Read(Announce(0x0A000003, "&compact=0&no_peer_id=1")).Peers, peer => Assert.Null(peer.PeerId));
    }

    [Fact]
    public void Another_file_and_no_file_are_refused_in_words()
    {
        state = state with { InfoHash = default(Roj.Files.Metadata.Sha1Digest) };
        Assert.NotNull(Read(Announce(0x0A000002)).FailureReason);
        state = state with { InfoHash = null };
        Assert.NotNull(Read(Announce(0x0A000002)).FailureReason);
        Assert.Equal(0, outbox.Count);
    }

    [Theory]
    [InlineData("/", false, 404)]
    [InlineData("/announce/x", false, 404)]
    [InlineData("/announce", true, 403)]
    [InlineData("/announce", false, 200)]
    public void Other_paths_and_web_pages_get_a_status(string target, bool isForeign, int status)
    {
        var bytes = tracker.Answer(now, Own, new HttpRequestHead(Encoding.ASCII.GetBytes(target), isForeign), state, outbox);
        Assert.Equal(ReadStatus.Done, HttpAnswer.TryRead(bytes, false, out var answer));
        Assert.Equal(status, answer!.Status);
    }

    [Fact]
    public void Scrape_counts()
    {
        Announce(0x0A000002, "&left=0&event=completed");
        Announce(0x0A000003);
        var scraped = Encoding.Latin1.GetString(Ask("/scrape"));
        Assert.Contains("d8:completei2e10:downloadedi1e10:incompletei1ee", scraped, StringComparison.Ordinal);
        Assert.Equal("d5:filesdee", Encoding.Latin1.GetString(Ask("/scrape?info_hash=xxxxxxxxxxxxxxxxxxxx")));
    }

    private byte[] Announce(uint address, string more = "")
    {
        var self = PeerId.Read("-RJ0001-abcdefghijkl"u8);
        var request = new AnnounceRequest { InfoHash = Announcing.File, PeerId = self, Port = 7000, Left = 1 };
        var query = request.Query().Replace("&numwant=50", "", StringComparison.Ordinal) + more;
        return Ask("/announce?" + query, address);
    }

    private byte[] Ask(string target, uint address = 0x0A0000FF)
    {
        var head = new HttpRequestHead(Encoding.ASCII.GetBytes(target), false);
        Assert.Equal(
            ReadStatus.Done,
            HttpAnswer.TryRead(tracker.Answer(now, new Endpoint(address, 50_000), head, state, outbox), false, out var answer));
        Assert.Equal(200, answer!.Status);
        return answer.Body.ToArray();
    }

    private static AnnounceAnswer Read(byte[] body)
    {
        Assert.True(AnnounceAnswer.TryRead(body, out var answer));
        return answer;
    }

    private static Endpoint[] Peers(byte[] body) => [.. Read(body).Peers.Select(peer => peer.Endpoint).Order()];
}
