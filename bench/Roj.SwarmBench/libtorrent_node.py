"""A libtorrent node as fast as its settings make it, or the torrent for one.

create DATA PIECE-BYTES TORRENT
seed|take TORRENT FOLDER ADDRESS OTHER...
"""
import os
import socket
import sys
import time

import libtorrent as lt

PORT = 6881
NO_ENCRYPTION = 2  # settings_pack::pe_disabled


def create(data, piece_bytes, torrent):
    files = lt.file_storage()
    lt.add_files(files, data)
    # Version 1 only: a hybrid would cost SHA-256 on top of SHA-1.
    made = lt.create_torrent(files, int(piece_bytes), lt.create_torrent.v1_only)
    lt.set_piece_hashes(made, os.path.dirname(data))
    with open(torrent, "wb") as out:
        out.write(lt.bencode(made.generate()))


def settings(address):
    fast = lt.high_performance_seed()
    fast.update(
        hashing_threads=2,
        aio_threads=4,
        connection_speed=500,
        max_out_request_queue=1500,
        unchoke_interval=2,
        unchoke_slots_limit=-1,
        upload_rate_limit=0,
        min_reconnect_time=1,
        enable_dht=False,
        enable_lsd=False,
        enable_upnp=False,
        enable_natpmp=False,
        enable_outgoing_utp=False,
        enable_incoming_utp=False,
        in_enc_policy=NO_ENCRYPTION,
        out_enc_policy=NO_ENCRYPTION,
        listen_interfaces=f"{address}:{PORT}",
        alert_mask=lt.alert.category_t.status_notification | lt.alert.category_t.error_notification,
    )
    return fast


def wait_for(address):
    """A refused connection is tried again after a second or more: so not before somebody listens."""
    while True:
        try:
            socket.create_connection((address, PORT)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.005)


def share(torrent, folder, address, others, is_seed):
    session = lt.session(settings(address))
    params = lt.add_torrent_params()
    params.ti = lt.torrent_info(torrent)
    params.save_path = folder
    params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    if is_seed:
        params.flags |= lt.torrent_flags.seed_mode  # what was just hashed need not be checked again
    handle = session.add_torrent(params)
    for other in others:
        wait_for(other)
        handle.connect_peer((other, PORT))
    while True:
        session.wait_for_alert(1000)
        for alert in session.pop_alerts():
            if isinstance(alert, lt.torrent_finished_alert) and not is_seed:
                print("complete", flush=True)
            elif alert.category() & lt.alert.category_t.error_notification:
                print(alert.message(), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "create":
        create(*sys.argv[2:])
    else:
        share(*sys.argv[2:5], sys.argv[5:], sys.argv[1] == "seed")
