using System.Text.Json;
using Xunit;

namespace Roj.EndToEnd;

/// <summary>From a file to its description, and from the description, in each of its forms, to the file on another node.</summary>
public class TorrentTests
{
    private const string One = "127.0.0.1";
    private const string Other = "127.0.0.2";

    [Fact]
    public async Task What_create_writes_show_reads()
    {
        using var workshop = new Workshop();
        var data = workshop.Put("disk.img", workshop.File.Bytes);
        using var create = workshop.Start(
            "torrent", "create", data, "-o", "out.torrent", "--conf", "out.conf", "--tracker", "http://127.0.0.1:1/announce");
        var made = await create.EndAsync();
        Assert.Equal((0, ""), (made.ExitCode, made.Errors));
        var link = Assert.Single(made.Output.Split('\n'), line => line.StartsWith("magnet:", StringComparison.Ordinal));

        var torrent = await ShowAsync(workshop, "out.torrent");
        Assert.Equal("disk.img", torrent.GetProperty("name").GetString());
        Assert.Equal(workshop.File.Bytes.Length, torrent.GetProperty("size").GetInt32());
        Assert.Equal("http://127.0.0.1:1/announce", torrent.GetProperty("trackers")[0][0].GetString());
        Assert.Equal(link, torrent.GetProperty("magnet").GetString());
        Assert.Equal(torrent.GetProperty("id").GetString(), (await ShowAsync(workshop, link)).GetProperty("id").GetString());
        Assert.Equal(torrent.GetProperty("parts").GetInt32(), (await ShowAsync(workshop, "out.conf")).GetProperty("parts").GetInt32());
    }

    [Fact]
    public async Task The_same_file_makes_the_same_torrent()
    {
        using var workshop = new Workshop();
        await CreateAsync(workshop, workshop.Put("data.bin", workshop.File.Bytes), "one.torrent");
        await CreateAsync(workshop, workshop.At("data.bin"), "two.torrent");
        Assert.Equal(File.ReadAllBytes(workshop.At("one.torrent")), File.ReadAllBytes(workshop.At("two.torrent")));
    }

    [Fact]
    public async Task A_torrent_file_describes_the_file_on_both_sides()
    {
        using var workshop = new Workshop();
        var torrent = await CreateAsync(workshop, workshop.Put("one.bin", workshop.File.Bytes), "one.torrent");
        using var giver = Sync(workshop, "one.bin", One, "--torrent", torrent);
        var peers = workshop.Configure("peers.conf", describes: false, One);
        using var taker = Sync(workshop, "other.bin", Other, "--torrent", torrent, "--config", peers, "--exit-when-complete");
        await AssertCompleteAsync(workshop, taker, "other.bin");
    }

    [Fact]
    public async Task A_magnet_link_is_enough_and_names_the_peer_to_ask()
    {
        using var workshop = new Workshop();
        var torrent = await CreateAsync(workshop, workshop.Put("one.bin", workshop.File.Bytes), "one.torrent");
        // Clusters of their own: by hello they don't see each other, so only the link can tell where the peer is.
        using var giver = Sync(workshop, "one.bin", One, "--torrent", torrent, "--port", "51413", "--cluster", "one");
        await giver.SaysAsync("complete");
        var link = (await ShowAsync(workshop, torrent)).GetProperty("magnet").GetString() + $"&x.pe={One}:51413";
        using var taker = Sync(workshop, "other.bin", Other, "--magnet", link, "--cluster", "other", "--exit-when-complete");
        await AssertCompleteAsync(workshop, taker, "other.bin");
    }

    [Fact]
    public async Task A_file_that_is_right_as_it_is_is_shared_without_any_description()
    {
        using var workshop = new Workshop();
        var data = workshop.Put("one.bin", workshop.File.Bytes);
        using var giver = Sync(workshop, "one.bin", One, "--share");
        var peers = workshop.Configure("peers.conf", describes: false, One);
        using var taker = workshop.Sync(peers, workshop.At("other.bin"), Other, "--exit-when-complete");
        await AssertCompleteAsync(workshop, taker, "other.bin");
        var (end, _) = await giver.SignalAsync(Native.SigTerm);
        Assert.Equal((0, ""), (end.ExitCode, end.Errors));
        Assert.Equal(workshop.File.Bytes, File.ReadAllBytes(data));
    }

    [Fact]
    public async Task A_private_file_can_be_looked_at_but_not_shared()
    {
        using var workshop = new Workshop();
        var torrent = await CreateAsync(workshop, workshop.Put("one.bin", workshop.File.Bytes), "one.torrent");
        var marked = File.ReadAllBytes(torrent)[..^2].Concat("7:privatei1eee"u8.ToArray()).ToArray();
        var refused = workshop.Put("private.torrent", marked);
        using var roj = Sync(workshop, "other.bin", Other, "--torrent", refused);
        var end = await roj.EndAsync();
        Assert.Equal(2, end.ExitCode);
        Assert.Contains($"{refused}: info.private is 1", end.Errors, StringComparison.Ordinal);
        Assert.True((await ShowAsync(workshop, refused)).GetProperty("private").GetBoolean());
    }

    private static RojProcess Sync(Workshop workshop, string data, string address, params string[] more) =>
        workshop.Start(["sync", "--data", workshop.At(data), "--address", address, .. more]);

    private static async Task<string> CreateAsync(Workshop workshop, string data, string name)
    {
        using var create = workshop.Start("torrent", "create", data, "-o", workshop.At(name));
        var end = await create.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Errors));
        return workshop.At(name);
    }

    private static async Task<JsonElement> ShowAsync(Workshop workshop, string what)
    {
        using var show = workshop.Start("torrent", "show", what, "--output", "json");
        var end = await show.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Errors));
        using var json = JsonDocument.Parse(end.Output);
        return json.RootElement.Clone();
    }

    private static async Task AssertCompleteAsync(Workshop workshop, RojProcess taker, string data)
    {
        var end = await taker.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Errors));
        Assert.Equal(workshop.File.Bytes, File.ReadAllBytes(workshop.At(data)));
    }
}
