using Xunit;

namespace Roj.EndToEnd.Interop;

/// <summary>Announce URLs lead Roj to another program, and that to Roj, which may be the tracker itself (BEP 3, BEP 23).</summary>
public abstract class ForeignTrackerTests : ForeignProgramTests
{
    [Fact]
    public Task Roj_follows_a_magnet_link_to_it() => RunAsync("magnet-to-roj", async (hosts, torrent) =>
    {
        using var tracker = new TrackerStub(hosts[1]);
        var roj = new RojMember(hosts[0], new Outfit(torrent) { Knows = Knowledge.Name, Announce = tracker.Url });
        var other = Create(hosts[1], new Outfit(torrent) { HasFile = true });
        Member.StartAll(other, roj);
        await roj.GetsItAsync(Patience, other);
        Assert.Contains(tracker.Requests, request => request.Contains("event=started", StringComparison.Ordinal));
        await roj.EndsWellAsync();
    });

    [Fact]
    public Task Roj_is_the_tracker_that_leads_it_to_Roj() => RunAsync("roj-tracks", async (hosts, torrent) =>
    {
        var roj = new RojMember(hosts[0], new Outfit(torrent) { HasFile = true });
        var other = Create(hosts[1], new Outfit(torrent) { Knows = Knowledge.Name, Announce = RojMember.AnnounceUrl(hosts[0]) });
        roj.Start();
        await roj.ListensAsync(Patience);
        other.Start();
        await other.GetsItAsync(Patience, roj);
        await roj.EndsWellAsync();
    });

    [Fact]
    public Task A_tracker_leads_it_to_Roj() => RunAsync("tracker", async (hosts, torrent) =>
    {
        using var tracker = new TrackerStub(hosts[0]);
        var roj = new RojMember(hosts[0], new Outfit(torrent) { HasFile = true });
        var other = Create(hosts[1], new Outfit(torrent) { Knows = Knowledge.Name, Announce = tracker.Url });
        Member.StartAll(roj, other);
        await other.GetsItAsync(Patience, roj);
        await roj.EndsWellAsync();
    });
}
