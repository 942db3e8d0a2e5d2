using Roj.Kernel;
using Xunit;

namespace Roj.EndToEnd.Interop;

/// <summary>Local service discovery (BEP 14) with aria2: who comes later is heard by who is there.</summary>
public class LocalSearchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    [Fact]
    public Task Roj_hears_aria2() => MeetAsync("hears-aria2", 141, seeds: true);

    [Fact]
    public Task Aria2_hears_Roj() => MeetAsync("hears-roj", 142, seeds: false);

    // A file of its own for each: the group is one for all tests that run at the same time.
    private static Task MeetAsync(string name, ulong seed, bool seeds) => SharedLab.RunAsync(2, name, async hosts =>
    {
        var torrent = new Torrent(SharedFile.Random(600_000, 64 * 1024, new Rng(seed)));
        RojMember roj = new(hosts[0], new Outfit(torrent) { HasFile = !seeds, LooksAround = true });
        Aria2 aria2 = new(hosts[1], new Outfit(torrent) { HasFile = seeds, LooksAround = true });
        if (seeds)
        {
            roj.Start();
            await roj.ListensAsync(Patience);
            await Task.Delay(TimeSpan.FromSeconds(2)); // by now it has announced itself, to nobody: BEP 14 has it silent for a minute
            aria2.Start();
            await roj.GetsItAsync(Patience, aria2);
        }
        else
        {
            aria2.Start();
            await Task.Delay(TimeSpan.FromSeconds(4)); // likewise
            roj.Start();
            await aria2.GetsItAsync(Patience, roj);
        }

        await roj.EndsWellAsync();
    });
}
