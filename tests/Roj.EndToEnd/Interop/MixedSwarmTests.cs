using Roj.Kernel;
using Xunit;

namespace Roj.EndToEnd.Interop;

/// <summary>Swarms of several programs at once.</summary>
public class MixedSwarmTests
{
    private const int PartBytes = 128 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Torrent Torrent = new(SharedFile.Random((60 * PartBytes) + 5000, PartBytes, new Rng(60)));

    /// <summary>Which of the five has the file at first.</summary>
    public static TheoryData<int> Seeders => [0, 2, 3, 4];

    [Theory]
    [MemberData(nameof(Seeders))]
    public Task Everyone_gets_the_file(int seeder) => SharedLab.RunAsync(5, $"mixed-{seeder}", async hosts =>
    {
        // The tracker is for those who take no peers: in the end any two may be connected.
        using var tracker = new TrackerStub();
        Outfit OutfitOf(int i) => new(Torrent) { HasFile = i == seeder, Announce = tracker.Url };
        RojMember one = new(hosts[0], OutfitOf(0) with { Peers = hosts });
        RojMember other = new(hosts[1], OutfitOf(1) with { Peers = hosts, Knows = Knowledge.Nothing });
        Member[] all =
        [
            one, other, new Aria2(hosts[2], OutfitOf(2)), new Transmission(hosts[3], OutfitOf(3)), new Libtorrent(hosts[4], OutfitOf(4)),
        ];
        Member.StartAll(all);
        await Task.WhenAll(all.Select(member => member.GetsItAsync(Patience, all)));
        await Task.WhenAll(one.EndsWellAsync(), other.EndsWellAsync());
    });

    [Fact]
    public Task Nodes_that_know_only_Transmission_meet_by_it() =>
        MeetByAsync("pex-transmission", (host, outfit) => new Transmission(host, outfit));

    [Fact]
    public Task Nodes_that_know_only_libtorrent_meet_by_it() =>
        MeetByAsync("pex-libtorrent", (host, outfit) => new Libtorrent(host, outfit));

    [Fact]
    public Task Transmission_and_libtorrent_meet_by_Roj() => SharedLab.RunAsync(3, "pex-roj", async hosts =>
    {
        // Nobody has the file, so nobody is ever done with it and hangs up.
        Transmission transmission = new(hosts[0], new Outfit(Torrent));
        Libtorrent libtorrent = new(hosts[2], new Outfit(Torrent) { Peers = [hosts[1]] });
        RojMember roj = new(hosts[1], new Outfit(Torrent) { Peers = [hosts[0]] });
        Member.StartAll(transmission, roj);
        await roj.MeetsAsync(hosts[0], Patience);
        libtorrent.Start();
        await Poll.UntilAsync(() => Count(hosts[0]) > 1 && Count(hosts[2]) > 1, Patience, "each is connected to both others");
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

    // A slow look, which walks the connections of all hosts.
    private static int Count(LabHost host)
    {
        Thread.Sleep(TimeSpan.FromMilliseconds(50));
        return host.Connections();
    }
}
