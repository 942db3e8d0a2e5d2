using Xunit;

namespace Roj.EndToEnd.Interop;

/// <summary>The file goes both ways between Roj and another program.</summary>
public abstract class ForeignFileTests : ForeignProgramTests
{
    [Fact]
    public Task It_fetches_from_Roj() => ForEachShapeAsync("from-roj", async (hosts, torrent) =>
    {
        var roj = new RojMember(hosts[0], new Outfit(torrent) { HasFile = true, Peers = [hosts[1]] });
        var other = Create(hosts[1], new Outfit(torrent));
        Member.StartAll(roj, other);
        await other.GetsItAsync(Patience, roj);
        await roj.EndsWellAsync();
    });

    [Fact]
    public Task Roj_fetches_from_it() => ForEachShapeAsync("to-roj", async (hosts, torrent) =>
    {
        var roj = new RojMember(hosts[0], new Outfit(torrent) { Peers = [hosts[1]] });
        var other = Create(hosts[1], new Outfit(torrent) { HasFile = true });
        Member.StartAll(other, roj);
        await roj.GetsItAsync(Patience, other);
        await roj.EndsWellAsync();
    });

    [Fact]
    public Task It_survives_the_death_of_a_giving_Roj() => RunAsync("kill-9", async (hosts, torrent) =>
    {
        var roj = new RojMember(hosts[0], new Outfit(torrent) { HasFile = true, Peers = [hosts[1]] });
        var other = Create(hosts[1], new Outfit(torrent));
        hosts[1].Limit(bitsPerSecond: 8_000_000); // 3 MiB take 3 s: time enough to die in the middle
        Member.StartAll(roj, other);
        await other.HasSomeAsync(oneIn: 4, Patience);
        await roj.Process.KillAsync();
        Assert.InRange(other.RightParts(), 1, torrent.File.PartCount - 1);
        hosts[1].Unlimit();
        roj.Start();
        await other.GetsItAsync(Patience, roj);
        await roj.EndsWellAsync();
    });
}
