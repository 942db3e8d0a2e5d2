using System.CommandLine;
using Roj.Files.Metadata;
using Roj.Host;

namespace Roj.Cli;

/// <summary>The options of <c>roj sync</c> that say what the file is, instead of torrent.conf.</summary>
internal sealed class SourceOptions
{
    private readonly Option<string?> torrent = new("--torrent")
    {
        Description = "A .torrent file that describes the data file; torrent.conf may then be missing, or only name peers.",
        CustomParser = Arguments.FilePath("--torrent"),
    };

    private readonly Option<MagnetLink?> magnet = new("--magnet")
    {
        Description = "A magnet link that names the file, whose description is got from peers; torrent.conf as with --torrent.",
        CustomParser = Arguments.Magnet("--magnet"),
    };

    private readonly Option<bool> share = new("--share")
    {
        Description = "The data file is right as it is: describe it, and give it to others; torrent.conf as with --torrent.",
    };

    public void AddTo(Command command)
    {
        command.Add(torrent);
        command.Add(magnet);
        command.Add(share);
    }

    public SyncOptions Apply(ParseResult parsed, SyncOptions options, Option config)
    {
        var told = options with
        {
            TorrentPath = parsed.GetValue(torrent),
            Magnet = parsed.GetValue(magnet),
            Share = parsed.GetValue(share),
        };
        // A torrent.conf that the user did not name need not be there where it has nothing to say.
        var isNamed = parsed.GetResult(config) is { Implicit: false };
        return told with { ConfigMayBeMissing = !isNamed && (told.TorrentPath is not null || told.Magnet is not null || told.Share) };
    }
}
