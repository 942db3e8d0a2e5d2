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
}
