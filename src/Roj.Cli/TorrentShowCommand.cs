using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Roj.Files.Metadata;
using Roj.Host;
using Roj.Host.Disk;
using Roj.Kernel;

namespace Roj.Cli;

/// <summary><c>roj torrent show</c>: what a description says, in whichever form it comes.</summary>
internal static class TorrentShowCommand
{
    // torrent.conf names no file, but the info hash needs a name: that of roj sync's own data file.
    private const string ConfDataName = "data.bin";
    private const int BytesMax = 256 << 20; // what roj sync takes as torrent.conf, the longest of the forms

    public static Command Create()
    {
        var what = new Argument<string>("WHAT") { Description = "A .torrent file, a magnet link (in quotes), or a torrent.conf." };
        var output = OutputOption.Create();
        var command = new Command("show", "Say what a .torrent file, a magnet link or a torrent.conf is about.") { what, output };
        command.SetAction(parsed =>
        {
            var isJson = parsed.GetValue(output) == "json";
            return Failures.Caught(
                () => Console.Write(isJson ? Json(Read(parsed.GetValue(what)!)) : Text(Read(parsed.GetValue(what)!))), isJson);
        });
        return command;
    }

    private static Shown Read(string what)
    {
        if (what.StartsWith("magnet:", StringComparison.OrdinalIgnoreCase))
        {
            var link = MagnetLink.TryRead(what, out var fault) ?? throw new SyncException($"magnet link: {fault}", isWrongUse: true);
            return new Shown("magnet", link, null) { Trackers = [.. link.Trackers.Select(url => new[] { url })] };
        }

        var bytes = InputFile.Read(what, BytesMax);
        var shown = bytes is [(byte)'d', ..] ? OfTorrent(bytes, out var error) : OfConf(bytes, out error);
        return shown ?? throw new SyncException($"{what}: {error}", isWrongUse: true);
    }

    private static Shown? OfTorrent(byte[] bytes, out string? error) => Metainfo.TryRead(bytes, out error) is not { } torrent
        ? null
        : new Shown("torrent", torrent.Magnet, torrent.Info)
        {
            Trackers = torrent.Trackers,
            Comment = torrent.Comment,
            CreatedBy = torrent.CreatedBy,
            CreationDate = torrent.CreationDate,
        };

    private static Shown? OfConf(byte[] bytes, out string? error)
    {
        if (TorrentConf.TryRead(bytes, ConfDataName, out error) is not { } conf)
            return null;
        var link = conf.Info is { } info ? new MagnetLink(info.InfoHash) { Name = info.Name } : null;
        return new Shown("conf", link, conf.Info) { Peers = [.. conf.Peers.Select(Endpoint.AddressText)] };
    }

    private static string Text(Shown shown)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in Lines(shown))
            text.Append(CultureInfo.InvariantCulture, $"{name,-11} {Arguments.OneLine(value)}\n");
        return text.ToString();
    }

    private static IEnumerable<(string Name, string Value)> Lines(Shown shown)
    {
        if (shown.Link?.Name is { } name)
            yield return ("name", shown.Kind == "conf" ? $"{name}, if the data file is called so: torrent.conf does not say" : name);
        if (shown.Info is { } info)
        {
            yield return ("size", string.Create(CultureInfo.InvariantCulture, $"{info.Length} bytes, {Sizes.Text(info.Length)}"));
            yield return ("parts", string.Create(CultureInfo.InvariantCulture, $"{info.PieceCount} of {Sizes.Text(info.PieceLength)}"));
            if (info.IsPrivate)
                yield return ("private", "peers from its trackers only (BEP 27): roj sync refuses it");
        }

        for (var tier = 0; tier < shown.Trackers.Count; tier++)
        {
            foreach (var url in shown.Trackers[tier])
                yield return (string.Create(CultureInfo.InvariantCulture, $"tracker {tier + 1}"), url);
        }

        foreach (var peer in shown.AllPeers)
            yield return ("peer", peer);
        if (shown.Comment is { } comment)
            yield return ("comment", comment);
        if (shown.CreatedBy is { } program)
            yield return ("created by", program);
        if (shown.CreationDate is { } seconds)
            yield return ("created", Date(seconds));
        if (shown.Link is { } link)
        {
            yield return ("info hash", link.InfoHash.ToString());
            yield return ("magnet", link.ToString());
        }
        else
        {
            yield return ("file", "not described: roj sync gets the description from others");
        }
    }

    private static string Date(long seconds) =>
        seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{seconds} s after 1970");

    private static string Json(Shown shown)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("kind", shown.Kind);
            WriteText(json, "id", shown.Link?.InfoHash.ToString());
            WriteText(json, "name", shown.Link?.Name);
            if (shown.Info is { } info)
            {
                json.WriteNumber("size", info.Length);
                json.WriteNumber("partSize", info.PieceLength);
                json.WriteNumber("parts", info.PieceCount);
                json.WriteBoolean("private", info.IsPrivate);
            }

            json.WriteStartArray("trackers");
            foreach (var tier in shown.Trackers)
                WriteTexts(json, tier);
            json.WriteEndArray();
            json.WritePropertyName("peers");
            WriteTexts(json, shown.AllPeers);
            WriteText(json, "comment", shown.Comment);
            WriteText(json, "createdBy", shown.CreatedBy);
            if (shown.CreationDate is { } date)
                json.WriteNumber("creationDate", date);
            WriteText(json, "magnet", shown.Link?.ToString());
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n";
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }

    private static void WriteTexts(Utf8JsonWriter json, IEnumerable<string> texts)
    {
        json.WriteStartArray();
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>What the three forms have in common, and what only one of them says.</summary>
    private sealed record Shown(string Kind, MagnetLink? Link, InfoDictionary? Info)
    {
        public IReadOnlyList<IReadOnlyList<string>> Trackers { get; init; } = [];

        public IReadOnlyList<string> Peers { get; init; } = [];

        public string? Comment { get; init; }

        public string? CreatedBy { get; init; }

        public long? CreationDate { get; init; }

        public IEnumerable<string> AllPeers => Peers.Concat(Link?.Peers.Select(peer => peer.ToString()) ?? []);
    }
}
