using Roj.Kernel;
using Xunit;

namespace Roj.EndToEnd.Interop;

/// <summary>Peer exchange (BEP 11) across programs: who knows one meets the others. Nobody has the file, so nobody gets done and hangs
/// up.</summary>
public class PeerExchangeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private static readonly Torrent Torrent = new(SharedFile.Random(1 << 20, 64 * 1024, new Rng(11)));

    [Fact]
    public Task Nodes_that_know_only_Transmission_meet_by_it() =>
        MeetByAsync("pex-transmission", (host, outfit) => new Transmission(host, outfit));

    [Fact]
    public Task Nodes_that_know_only_libtorrent_meet_by_it() =>
        MeetByAsync("pex-libtorrent", (host, outfit) => new Libtorrent(host, outfit));

    [Fact]
    public Task Transmission_and_libtorrent_meet_by_Roj() => SharedLab.RunAsync(3, "pex-roj", async hosts =>
    {
        Transmission transmission = new(hosts[0], new Outfit(Torrent));
        Libtorrent libtorrent = new(hosts[2], new Outfit(Torrent) { Peers = [hosts[1]] });
        RojMember roj = new(hosts[1], new Outfit(Torrent) { Peers = [hosts[0]] });
        Member.StartAll(transmission, roj);
        await roj.MeetsAsync(hosts[0], Patience);
        libtorrent.Start();
        await Poll.UntilAsync(() => hosts[0].Connections() > 1 && hosts[2].Connections() > 1, Patience, "each is connected to both others");
        await roj.EndsWellAsync();
    });

    private static Task MeetByAsync(string name, Func<LabHost, Outfit, Member> create) => SharedLab.RunAsync(3, name, async hosts =>
    {
        var middle = create(hosts[1], new Outfit(Torrent));
        RojMember one = new(hosts[0], new Outfit(Torrent) { Peers = [hosts[1]] });
        RojMember other = new(hosts[2], new Outfit(Torrent) { Peers = [hosts[1]] });
        Member.StartAll(middle, one);
        await one.MeetsAsync(hosts[1], Patience);
        other.Start();
        await other.MeetsAsync(hosts[1], Patience);
        await Task.WhenAny(one.MeetsAsync(hosts[2], Patience), other.MeetsAsync(hosts[0], Patience)).Unwrap();
        await Task.WhenAll(one.EndsWellAsync(), other.EndsWellAsync());
    });
}
