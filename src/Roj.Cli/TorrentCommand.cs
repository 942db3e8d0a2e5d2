using System.CommandLine;

namespace Roj.Cli;

/// <summary><c>roj torrent</c>: descriptions as other BitTorrent tools pass them on.</summary>
internal static class TorrentCommand
{
    public static Command Create() => new("torrent", "Make and look at .torrent files, magnet links and torrent.conf.")
    {
        TorrentCreateCommand.Create(),
        TorrentShowCommand.Create(),
    };
}
