using Xunit;

namespace Roj.EndToEnd.Interop;

/// <summary>Descriptions go both ways between Roj and another program (BEP 9).</summary>
public abstract class ForeignDescriptionTests : ForeignProgramTests
{
    [Fact]
    public Task It_gets_the_description_from_Roj() => RunAsync("description-from-roj", async (hosts, torrent) =>
    {
        var roj = new RojMember(hosts[0], new Outfit(torrent) { HasFile = true, Peers = [hosts[1]] });
        var other = Create(hosts[1], new Outfit(torrent) { Knows = Knowledge.Name });
        Member.StartAll(roj, other);
        await other.GetsItAsync(Patience, roj);
        await roj.EndsWellAsync();
    });

    [Fact]
    public Task Roj_gets_the_description_from_it() => RunAsync("description-to-roj", async (hosts, torrent) =>
    {
        // Who knows not even the name of what it wants can't call anybody: it is called, by somebody whom an announce URL led to it.
        using var tracker = new TrackerStub(hosts[0]);
        var roj = new RojMember(hosts[0], new Outfit(torrent) { Knows = Knowledge.Nothing });
        var other = Create(hosts[1], new Outfit(torrent) { HasFile = true, Announce = tracker.Url });
        Member.StartAll(roj, other);
        await roj.GetsItAsync(Patience, other);
        Assert.Contains(tracker.Requests, request => request.StartsWith("GET /announce?", StringComparison.Ordinal));
        await roj.EndsWellAsync();
    });
}
