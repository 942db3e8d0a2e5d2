namespace Roj.EndToEnd.Interop;

/// <summary>libtorrent, as its Python binding has it: what qBittorrent and Deluge are made of.</summary>
internal sealed class Libtorrent(LabHost host, Outfit outfit) : Member(host, outfit)
{
    // Arguments: a .torrent or magnet link, the folder of the data file, and the addresses of peers.
    private const string Script =
        """
        import sys, libtorrent as lt
        source, folder, *peers = sys.argv[1:]
        session = lt.session({
            'listen_interfaces': '0.0.0.0:6881', 'enable_dht': False, 'enable_lsd': False, 'enable_upnp': False, 'enable_natpmp': False,
            'enable_incoming_utp': False, 'enable_outgoing_utp': False,
            'in_enc_policy': int(lt.enc_policy.disabled), 'out_enc_policy': int(lt.enc_policy.disabled),
            'alert_mask': lt.alert.category_t.error_notification | lt.alert.category_t.status_notification
                | lt.alert.category_t.peer_notification | lt.alert.category_t.tracker_notification
                | lt.alert.category_t.storage_notification})
        if source.startswith('magnet:'):
            wanted = lt.parse_magnet_uri(source)
        else:
            wanted = lt.add_torrent_params()
            wanted.ti = lt.torrent_info(source)
        wanted.save_path = folder
        handle = session.add_torrent(wanted)
        for peer in peers:
            handle.connect_peer((peer, 6881))
        while True:
            session.wait_for_alert(1000)
            for alert in session.pop_alerts():
                print(alert, flush=True)
        """;

    /// <inheritdoc/>
    protected override LabProcess Launch() => Host.Start(
        // Debian's own interpreter: the binding is built for it, and another may come first on the PATH.
        Foreign.Find("python3", "python3-libtorrent", "/usr/bin"),
        ["-c", Script, Source(), Host.Directory, .. Outfit.Peers.Select(peer => peer.Address)],
        log: "libtorrent.log");
}
