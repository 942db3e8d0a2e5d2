using Roj.Kernel;
using Xunit;

namespace Roj.EndToEnd.Interop;

/// <summary>Announce URLs in .torrent files: Roj's announces, and the .torrent files that Roj makes (BEP 3, BEP 12).</summary>
public class RojTorrentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private static readonly Torrent Torrent = new(SharedFile.Random((12 * 64 * 1024) + 7, 64 * 1024, new Rng(3)));

    [Fact]
    public Task Roj_announces_that_it_has_begun_and_is_done() => SharedLab.RunAsync(2, "announces", async hosts =>
    {
        using var tracker = new TrackerStub(hosts[1]);
        RojMember roj = new(hosts[0], new Outfit(Torrent) { Knows = Knowledge.Metainfo, Announce = tracker.Url });
        Aria2 seeder = new(hosts[1], new Outfit(Torrent) { HasFile = true });
        Member.StartAll(seeder, roj);
        await roj.GetsItAsync(Patience, seeder);
        foreach (var what in (string[])["started", "completed"])
            await SaidAsync(tracker, what);
        await roj.EndsWellAsync();
        await SaidAsync(tracker, "stopped");
        Assert.All(tracker.Requests, request => Assert.Contains("port=6881", request, StringComparison.Ordinal));
    });

    [Fact]
    public Task What_Roj_creates_leads_aria2_past_a_dead_tracker() => SharedLab.RunAsync(2, "creates", async hosts =>
    {
        RojMember roj = new(hosts[0], new Outfit(Torrent) { HasFile = true });
        var path = Path.Combine(hosts[0].Directory, "made.torrent");
        await roj.DescribeAsync(path, $"http://{hosts[0].Address}:1/announce", RojMember.AnnounceUrl(hosts[0]));
        // Not the description that Torrent wrote: Roj chose the parts, so the info hash is another.
        RojMember giver = new(hosts[0], new Outfit(Torrent) { HasFile = true, Knows = Knowledge.Metainfo, MetainfoPath = path });
        Aria2 taker = new(hosts[1], new Outfit(Torrent) { MetainfoPath = path });
        giver.Start();
        await giver.ListensAsync(Patience);
        taker.Start();
        await taker.GetsItAsync(Patience, giver);
        await giver.EndsWellAsync();
    });

    private static Task SaidAsync(TrackerStub tracker, string what) => Poll.UntilAsync(
        () => tracker.Requests.Any(request => request.Contains($"event={what}", StringComparison.Ordinal)),
        Patience,
        $"the tracker is told \"{what}\"");
}
