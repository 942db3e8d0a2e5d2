using System.Text.Json.Nodes;

namespace Roj.EndToEnd.Interop;

/// <summary>transmission-cli: libtransmission without a face. It finds peers by trackers and peer exchange only.</summary>
internal sealed class Transmission(LabHost host, Outfit outfit) : Member(host, outfit)
{
    /// <inheritdoc/>
    protected override LabProcess Launch()
    {
        var home = Directory.CreateDirectory(Path.Combine(Host.Directory, "transmission")).FullName;
        File.WriteAllText(Path.Combine(home, "settings.json"), Settings.ToJsonString());
        return Host.Start(
            Foreign.Find("transmission-cli", "transmission-cli"),
            ["--config-dir", home, "--download-dir", Host.Directory, Source()],
            log: "transmission.log");
    }

    private static JsonObject Settings => new()
    {
        ["peer-port"] = 6881,
        ["bind-address-ipv4"] = "0.0.0.0",
        ["encryption"] = 0, // plain, unless the other side insists
        ["dht-enabled"] = false,
        ["lpd-enabled"] = false,
        ["utp-enabled"] = false,
        ["pex-enabled"] = true,
        ["port-forwarding-enabled"] = false,
        ["rename-partial-files"] = false,
        ["cache-size-mb"] = 0, // so that the file shows how far it is
        ["message-level"] = 3,
    };
}
