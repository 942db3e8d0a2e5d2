using Roj.Kernel;
using Xunit;

namespace Roj.EndToEnd.Interop;

/// <summary><c>roj sync</c>.</summary>
internal sealed class RojMember : Member
{
    private const string LogName = "roj.log";

    private readonly string configuration;

    /// <summary>Writes a torrent.conf that knows as much as <paramref name="outfit"/> says.</summary>
    public RojMember(LabHost host, Outfit outfit)
        : base(host, outfit)
    {
        configuration = Path.Combine(host.Directory, "torrent.conf");
        var described = outfit.Knows == Knowledge.Description ? outfit.Torrent.File : null;
        var peers = outfit.Peers.Select(peer => peer.Number).ToArray();
        File.WriteAllBytes(configuration, TorrentConf.Write(peers, described, new Rng(host.Number)));
    }

    /// <summary>Where a node on <paramref name="host"/> answers as a tracker.</summary>
    public static string AnnounceUrl(LabHost host) => $"http://{host.Address}:6881/announce";

    /// <summary>Runs <c>roj torrent create</c>: a .torrent file at <paramref name="path"/>, one tier for each URL.</summary>
    public async Task DescribeAsync(string path, params string[] announces)
    {
        var create = Host.Start(
            Repository.Program(), ["torrent", "create", Data, "-o", path, .. announces.SelectMany(url => (string[])["--tracker", url])]);
        Assert.Equal(0, await create.ExitAsync(TimeSpan.FromSeconds(20)).ConfigureAwait(false));
    }

    /// <summary>Waits until it can be called.</summary>
    public Task ListensAsync(TimeSpan limit) => Poll.UntilAsync(() => Says("listening"), limit, $"{this} listens");

    /// <summary>Waits until it has been connected to a peer at the address of <paramref name="other"/>.</summary>
    public Task MeetsAsync(LabHost other, TimeSpan limit) =>
        Poll.UntilAsync(() => Says($"connected to {other.Address}:"), limit, $"{this} meets {other.Address}");

    /// <summary>Ends it, and fails unless it ends well and has thought well of everybody.</summary>
    public async Task EndsWellAsync()
    {
        Assert.False(Says("banned"), $"{this} banned a peer");
        var end = await Process.TerminateAsync().ConfigureAwait(false);
        Assert.Equal((false, 0), (end.Forced, end.ExitCode));
    }

    /// <inheritdoc/>
    protected override LabProcess Launch() => Host.Start(
        Repository.Program(),
        ["sync", .. Told(), "--data", Data, "--address", Host.Address, "--local-search", Outfit.LooksAround ? "on" : "off"],
        log: LogName);

    private string[] Told() => Outfit.Knows switch
    {
        Knowledge.Name => ["--magnet", Source(), "--config", configuration],
        Knowledge.Metainfo => ["--torrent", Source(), "--config", configuration],
        _ => ["--config", configuration],
    };

    private bool Says(string part) => File.Exists(Process.Log) && File.ReadAllText(Process.Log).Contains(part, StringComparison.Ordinal);
}
