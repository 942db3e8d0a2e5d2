namespace Roj.EndToEnd.Interop;

/// <summary>aria2c. It finds peers by trackers and peer exchange only, unless it is to look around.</summary>
internal sealed class Aria2(LabHost host, Outfit outfit) : Member(host, outfit)
{
    // After these, it shares for ever, unencrypted, and finds nobody by itself.
    private static readonly string[] Manners =
    [
        "--no-conf", "--listen-port=6881", "--seed-ratio=0", "--bt-require-crypto=false", "--bt-min-crypto-level=plain",
        "--enable-dht=false", "--enable-dht6=false", "--enable-peer-exchange=true", "--disable-ipv6=true",
        "--file-allocation=none", "--check-integrity=true", "--allow-overwrite=true", "--console-log-level=info", "--summary-interval=0",
    ];

    /// <inheritdoc/>
    protected override LabProcess Launch()
    {
        string[] search = Outfit.LooksAround ? ["--bt-enable-lpd=true", "--bt-lpd-interface=eth0"] : ["--bt-enable-lpd=false"];
        return Host.Start(
            Foreign.Find("aria2c", "aria2"), [.. Manners, .. search, $"--dir={Host.Directory}", Source()], log: "aria2.log");
    }
}
