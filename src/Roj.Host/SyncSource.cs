using Roj.Files.Metadata;
using Roj.Host.Disk;
using Roj.Kernel;

namespace Roj.Host;

/// <summary>All that the user said about the file and the peers of a sync job, wherever it stood: torrent.conf, a .torrent file, a magnet
/// link.</summary>
/// <param name="Peers">Addresses of peers that listen on our own ports.</param>
/// <param name="Info">The description; null if it is yet to be found, fetched or made.</param>
internal sealed record SyncSource(IReadOnlyList<uint> Peers, InfoDictionary? Info)
{
    private const int ConfigBytesMax = 256 * 1024 * 1024; // 2^21 parts of 43 characters, and room for white space

    /// <summary>The file's name, where that is all that is known.</summary>
    public Sha1Digest? Sought { get; private init; }

    /// <summary>Announce URLs, in tiers (BEP 12).</summary>
    public IReadOnlyList<IReadOnlyList<string>> Trackers { get; private init; } = [];

    /// <summary>Peers that may listen on any port.</summary>
    public IReadOnlyList<Endpoint> SwarmPeers { get; private init; } = [];

    /// <summary>Reads what <paramref name="options"/> name.</summary>
    /// <exception cref="SyncException">Something can't be read, makes no sense, or is said twice.</exception>
    public static SyncSource Read(SyncOptions options)
    {
        var conf = ReadConfig(options);
        string[] given =
        [
            .. conf.Info is null ? Array.Empty<string>() : [$"{options.ConfigPath}: FileInfo"],
            .. options.TorrentPath is null ? Array.Empty<string>() : ["--torrent"],
            .. options.Magnet is null ? Array.Empty<string>() : ["--magnet"],
            .. options.Share ? ["--share"] : Array.Empty<string>(),
        ];
        if (given.Length > 1)
            throw new SyncException($"{given[0]} and {given[1]} both say what the file is: give one of them", isWrongUse: true);

        var source = new SyncSource(conf.Peers, conf.Info);
        if (options.TorrentPath is { } path && ReadTorrent(path) is var torrent)
            return source with { Info = torrent.Info, Trackers = torrent.Trackers };
        if (options.Magnet is { } magnet)
        {
            // A link has no tiers: its trackers come in the order in which they stand there.
            string[][] tiers = [.. magnet.Trackers.Select(url => new[] { url })];
            return source with { Sought = magnet.InfoHash, Trackers = tiers, SwarmPeers = magnet.Peers };
        }

        return source;
    }

    private static TorrentConf ReadConfig(SyncOptions options)
    {
        if (options.ConfigMayBeMissing && !File.Exists(options.ConfigPath))
            return new TorrentConf([], null);
        var json = InputFile.Read(options.ConfigPath, ConfigBytesMax);
        return TorrentConf.TryRead(json, Path.GetFileName(options.DataPath), out var error)
            ?? throw new SyncException($"{options.ConfigPath}: {error}", isWrongUse: true);
    }

    private static Metainfo ReadTorrent(string path)
    {
        var torrent = Metainfo.TryRead(InputFile.Read(path, Metainfo.BytesMax), out var error);
        error ??= torrent!.Info.IsPrivate ? Metainfo.PrivateFault : null;
        return error is null ? torrent! : throw new SyncException($"{path}: {error}", isWrongUse: true);
    }
}
