using System.Text.Json.Nodes;

namespace Roj.EndToEnd.Interop;

/// <summary>transmission-daemon. It finds peers by trackers and peer exchange only.</summary>
internal sealed class Transmission(LabHost host, Outfit outfit) : Member(host, outfit)
{
    /// <inheritdoc/>
    protected override LabProcess Launch()
    {
        var home = Directory.CreateDirectory(Path.Combine(Host.Directory, "transmission")).FullName;
        var inbox = Directory.CreateDirectory(Path.Combine(home, "inbox")).FullName;
        File.WriteAllText(Path.Combine(home, "settings.json"), Settings(inbox).ToJsonString());
        if (Outfit.Knows == Knowledge.Description)
            File.WriteAllBytes(Path.Combine(inbox, "it.torrent"), Outfit.Torrent.Metainfo(Outfit.Announce));
        else
            File.WriteAllText(Path.Combine(inbox, "it.magnet"), Outfit.Torrent.Magnet(Outfit.Announce));
        return Host.Start(
            Foreign.Find("transmission-daemon", "transmission-daemon"),
            ["--foreground", "--log-debug", "--config-dir", home],
            log: "transmission.log");
    }

    private JsonObject Settings(string inbox) => new()
    {
        ["peer-port"] = 6881,
        ["bind-address-ipv4"] = "0.0.0.0",
        ["encryption"] = 0, // plain, unless the other side insists
        ["dht-enabled"] = false,
        ["lpd-enabled"] = false,
        ["utp-enabled"] = false,
        ["pex-enabled"] = true,
        ["port-forwarding-enabled"] = false,
        ["rpc-enabled"] = false,
        ["download-dir"] = Host.Directory,
        ["incomplete-dir-enabled"] = false,
        ["rename-partial-files"] = false,
        ["watch-dir-enabled"] = true,
        ["watch-dir"] = inbox,
        ["trash-original-torrent-files"] = false,
        ["start-added-torrents"] = true,
    };
}
