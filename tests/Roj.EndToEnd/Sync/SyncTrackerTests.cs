using Xunit;

namespace Roj.EndToEnd;

/// <summary>Nodes that hear nothing of each other meet by a tracker, or by BEP 14.</summary>
public class SyncTrackerTests
{
    [Fact]
    public async Task Nodes_that_know_nobody_meet_by_a_third_ones_tracker()
    {
        using var workshop = new Workshop();
        var conf = workshop.Configure("torrent.conf", true);
        // Three clusters: no hello of the one is seen by the others.
        using var tracker = workshop.Sync(conf, At(workshop, "tracker"), "127.0.0.1", "--cluster", "a");
        await tracker.SaysAsync("listening");
        string[] announces = ["--tracker", "http://127.0.0.1:6881/announce"];
        using var giver = workshop.Sync(
            conf, Give(workshop, "giver"), "127.0.0.2", [.. announces, "--cluster", "b"]);
        var data = At(workshop, "taker");
        using var taker = workshop.Sync(conf, data, "127.0.0.3", [.. announces, "--cluster", "c", "--exit-when-complete"]);
        var end = await taker.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Errors));
        Assert.Equal(workshop.File.Bytes, File.ReadAllBytes(data));
        Assert.Contains("tracker http://127.0.0.1:6881/announce knows of", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_that_know_nobody_meet_by_local_search()
    {
        using var workshop = new Workshop();
        var conf = workshop.Configure("torrent.conf", true);
        using var giver = workshop.Sync(
            conf, Give(workshop, "giver"), "127.0.0.2", "--cluster", "b", "--local-search", "on");
        await giver.SaysAsync("complete");
        var data = At(workshop, "taker");
        using var taker = workshop.Sync(
            conf, data, "127.0.0.3", "--cluster", "c", "--local-search", "on", "--exit-when-complete");
        var end = await taker.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Errors));
        Assert.Equal(workshop.File.Bytes, File.ReadAllBytes(data));
    }

    [Theory]
    [InlineData("udp://h:1/announce", "udp")]
    [InlineData("https://h/announce", "https")]
    [InlineData("h:6881", "URL")]
    public async Task A_tracker_that_can_not_be_asked_is_wrong_use(string url, string word)
    {
        using var workshop = new Workshop();
        using var roj = workshop.Sync(workshop.Configure("torrent.conf", true), workshop.At("data.bin"), "127.0.0.1", "--tracker", url);
        var end = await roj.EndAsync();
        Assert.Equal((2, ""), (end.ExitCode, end.Output));
        Assert.Contains(word, end.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tracker_that_is_gone_is_told_and_keeps_nobody_from_ending()
    {
        using var workshop = new Workshop();
        using var roj = workshop.Sync(
            workshop.Configure("torrent.conf", true), workshop.Put("data.bin", workshop.File.Bytes), "127.0.0.1",
            "--tracker", "http://127.0.0.9:1/announce");
        await roj.SaysAsync("complete");
        var (end, took) = await roj.SignalAsync(Native.SigTerm);
        Assert.Equal(0, end.ExitCode);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Contains("tracker http://127.0.0.9:1/announce: Connection refused", end.Errors, StringComparison.Ordinal);
    }

    // Trackers know a file by its info hash, which covers its name: it must be the same, so each node has a folder of its own.
    private static string At(Workshop workshop, string node) =>
        Path.Combine(Directory.CreateDirectory(workshop.At(node)).FullName, "data.bin");

    private static string Give(Workshop workshop, string node)
    {
        File.WriteAllBytes(At(workshop, node), workshop.File.Bytes);
        return At(workshop, node);
    }
}
