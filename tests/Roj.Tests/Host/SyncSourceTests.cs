using System.Text;
using Roj.Files.Metadata;
using Roj.Host;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host;

/// <summary>Where a job's description and peers come from, and what happens if two sources disagree.</summary>
public sealed class SyncSourceTests : IDisposable
{
    private static readonly InfoDictionary info = Shared.Describe([1, 2, 3], 2);

    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_torrent_file_describes_the_file_and_names_trackers()
    {
        var source = SyncSource.Read(Options("""{"Peers":["10.0.0.1"]}""") with { TorrentPath = Torrent(info, "http://a", "http://b") });
        Assert.Equal(info.InfoHash, source.Info?.InfoHash);
        Assert.Equal([["http://a"], ["http://b"]], source.Trackers);
        Assert.Equal([0x0A000001u], source.Peers);
    }

    [Fact]
    public void A_magnet_link_names_the_file_its_peers_and_trackers()
    {
        var magnet = new MagnetLink(info.InfoHash) { Trackers = ["http://a", "http://b"], Peers = [new Endpoint(1, 2)] };
        var source = SyncSource.Read(Options(null) with { Magnet = magnet, ConfigMayBeMissing = true });
        Assert.Equal((null, info.InfoHash), (source.Info, source.Sought));
        Assert.Equal([["http://a"], ["http://b"]], source.Trackers);
        Assert.Equal(magnet.Peers, source.SwarmPeers);
        Assert.Empty(source.Peers);
    }

    [Fact]
    public void A_configuration_may_be_missing_only_if_that_was_said() =>
        AssertRefused(Options(null) with { Share = true }, $"{folder.At("torrent.conf")} does not exist");

    [Theory]
    [InlineData(true, true, false, false, "FileInfo", "--torrent")]
    [InlineData(true, false, true, false, "FileInfo", "--magnet")]
    [InlineData(true, false, false, true, "FileInfo", "--share")]
    [InlineData(false, true, true, false, "--torrent", "--magnet")]
    [InlineData(false, true, false, true, "--torrent", "--share")]
    [InlineData(false, false, true, true, "--magnet", "--share")]
    public void Two_that_say_what_the_file_is_are_one_too_many(bool conf, bool torrent, bool magnet, bool share, string one, string other)
    {
        var options = Options(conf ? Encoding.UTF8.GetString(TorrentConf.Write([], info)) : "{}") with
        {
            TorrentPath = torrent ? Torrent(info) : null,
            Magnet = magnet ? new MagnetLink(info.InfoHash) : null,
            Share = share,
        };
        var named = one == "FileInfo" ? $"{options.ConfigPath}: FileInfo" : one;
        AssertRefused(options, $"{named} and {other} both say what the file is: give one of them");
    }

    [Fact]
    public void A_private_file_is_refused()
    {
        Assert.True(InfoDictionary.TryRead((byte[])[.. info.Bytes.Span[..^1], .. "7:privatei1ee"u8], out var hidden));
        var path = Torrent(hidden);
        AssertRefused(Options("{}") with { TorrentPath = path }, $"{path}: {Metainfo.PrivateFault}");
    }

    [Fact]
    public void A_torrent_file_that_is_none_is_named()
    {
        AssertRefused(Options("{}") with { TorrentPath = folder.At("no") }, $"{folder.At("no")} does not exist");
        AssertRefused(Options("{}") with { TorrentPath = folder.At("") }, $"{folder.At("")} is a directory");
        var cut = folder.Put("cut.torrent", new Metainfo(info).Write().AsSpan(0, 30));
        AssertRefused(Options("{}") with { TorrentPath = cut }, $"{cut}: not a .torrent file: its bencoding is cut off or broken");
    }

    private SyncOptions Options(string? conf) => new()
    {
        ConfigPath = conf is null ? folder.At("torrent.conf") : folder.Put("torrent.conf", Encoding.UTF8.GetBytes(conf)),
        DataPath = folder.At("data"),
    };

    private string Torrent(InfoDictionary described, params string[] trackers) =>
        folder.Put("x.torrent", new Metainfo(described) { Trackers = [.. trackers.Select(url => new[] { url })] }.Write());

    private static void AssertRefused(SyncOptions options, string message)
    {
        var refused = Assert.Throws<SyncException>(() => SyncSource.Read(options));
        Assert.Equal(message, refused.Message);
        Assert.True(refused.IsWrongUse);
    }
}
