using Roj.Kernel;
using Xunit;

namespace Roj.EndToEnd.Interop;

/// <summary>What every program that speaks BitTorrent must be able to do with Roj, and Roj with it, encryption off.</summary>
public abstract class ForeignProgramTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <summary>The shapes of a file that programs treat each in its own way.</summary>
    private static readonly (int Bytes, int PartBytes)[] Shapes =
    [
        ((100 * 16 * 1024) + 1, 16 * 1024), // the last piece is one byte
        (4 << 20, 1 << 20), // no rest, and many blocks to a piece
        ((3 << 20) + 100_000, 256 * 1024), // the last piece ends within a block
    ];

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

    /// <summary>The program on <paramref name="host"/>.</summary>
    private protected abstract Member Create(LabHost host, Outfit outfit);

    private Task RunAsync(string name, Func<IReadOnlyList<LabHost>, Torrent, Task> use) => RunAsync(name, Shapes[^1], use);

    private Task ForEachShapeAsync(string name, Func<IReadOnlyList<LabHost>, Torrent, Task> use) =>
        Task.WhenAll(Shapes.Select(shape => RunAsync($"{name}-{shape.PartBytes >> 10}k", shape, use)));

    private Task RunAsync(string name, (int Bytes, int PartBytes) shape, Func<IReadOnlyList<LabHost>, Torrent, Task> use)
    {
        var torrent = new Torrent(SharedFile.Random(shape.Bytes, shape.PartBytes, new Rng((ulong)shape.Bytes)));
        return SharedLab.RunAsync(2, $"{GetType().Name}-{name}", hosts => use(hosts, torrent));
    }
}
