using System.CommandLine;
using System.Globalization;
using Roj.Files.Metadata;
using Roj.Host;
using Roj.Host.Disk;

namespace Roj.Cli;

/// <summary><c>roj torrent create</c>: describes a file, for roj and for every BitTorrent tool.</summary>
internal static class TorrentCreateCommand
{
    private const int ProgressMilliseconds = 100;

    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "The file to describe; its name goes into the description.",
            CustomParser = Arguments.FilePath("FILE"),
        };
        var output = new Option<string?>("--output-file", "-o")
        {
            Description = "The .torrent file, replaced if it is there; by default FILE's name with .torrent behind, in this directory.",
            CustomParser = Arguments.FilePath("-o"),
        };
        var conf = new Option<string?>("--conf")
        {
            Description = "Write the description as a torrent.conf too.",
            CustomParser = Arguments.FilePath("--conf"),
        };
        var pieceSize = new Option<int?>("--piece-size")
        {
            Description = "Bytes of a part, such as 262144 or 256K. By default 256K; less for files below 16M, more for those above 1G.",
            CustomParser = Arguments.Bytes("--piece-size", 1, InfoDictionary.PieceLengthMax),
        };
        var tracker = new Option<string[]>("--tracker")
        {
            Description = "Announce URL; several are tried in this order.",
            CustomParser = Arguments.TrackerUrls("--tracker"),
        };
        var form = OutputOption.Create();
        var command = new Command(
            "create",
            "Describe a file: hash it, write a .torrent file, print its magnet link. Example: roj torrent create disk.img -o disk.torrent")
        {
            file, output, conf, pieceSize, tracker, form,
        };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file)!;
            var torrentPath = parsed.GetValue(output) ?? Path.GetFileName(path) + ".torrent";
            var isJson = parsed.GetValue(form) == "json";
            return Failures.Caught(
                () => Run(path, parsed.GetValue(pieceSize), parsed.GetValue(tracker) ?? [], torrentPath, parsed.GetValue(conf), isJson),
                isJson);
        });
        return command;
    }

    private static void Run(string path, int? pieceSize, string[] trackers, string torrentPath, string? confPath, bool isJson)
    {
        string[] outputs = confPath is null ? [torrentPath] : [torrentPath, confPath];
        CheckOutputs(path, outputs);
        var describing = new Describing(path, pieceSize);
        foreach (var output in outputs)
            DataFile.CheckPlace(output); // before the work, not after it

        var info = Hash(describing);
        var metainfo = new Metainfo(info) { Trackers = [.. trackers.Select(url => new[] { url })] };
        Write(torrentPath, metainfo.Write());
        if (confPath is not null)
            Write(confPath, TorrentConf.Write([], info));

        if (isJson)
            WriteJson(metainfo, outputs);
        else
            WriteText(metainfo, outputs);
    }

    private static void WriteJson(Metainfo metainfo, string[] outputs) => Console.WriteLine(JsonText.Of(json =>
    {
        var info = metainfo.Info;
        json.WriteString("id", info.InfoHash.ToString());
        json.WriteString("name", info.Name);
        json.WriteNumber("size", info.Length);
        json.WriteNumber("partSize", info.PieceLength);
        json.WriteNumber("parts", info.PieceCount);
        json.WriteString("magnet", metainfo.Magnet.ToString());
        json.WriteStartArray("written");
        foreach (var output in outputs)
            json.WriteStringValue(output);
        json.WriteEndArray();
    }));

    private static void WriteText(Metainfo metainfo, string[] outputs)
    {
        var info = metainfo.Info;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{info.Name}: {Sizes.Text(info.Length)}, {info.PieceCount} parts of {Sizes.Text(info.PieceLength)}"));
        Console.WriteLine($"info hash {info.InfoHash}");
        Console.WriteLine(metainfo.Magnet);
        foreach (var output in outputs)
            Console.WriteLine($"written {output}");
    }

    private static void CheckOutputs(string path, string[] outputs)
    {
        string[] all = [Path.GetFullPath(path), .. outputs.Select(Path.GetFullPath)];
        if (all.GroupBy(full => full).FirstOrDefault(group => group.Count() > 1) is { Key: var twice })
            throw new SyncException($"{twice} would be written over", isWrongUse: true);
    }

    private static InfoDictionary Hash(Describing describing)
    {
        var hashing = describing.RunAsync(CancellationToken.None);
        while (Task.WaitAny([hashing], ProgressMilliseconds) < 0)
        {
            if (!Console.IsErrorRedirected)
                Console.Error.Write($"{Terminal.EraseLine}hashing: {Sizes.Text(describing.Done)} of {Sizes.Text(describing.Length)}");
        }

        if (!Console.IsErrorRedirected)
            Console.Error.Write(Terminal.EraseLine);
        return hashing.GetAwaiter().GetResult();
    }

    private static void Write(string path, byte[] bytes)
    {
        try
        {
            AtomicFile.Write(path, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFileException("write", path, e);
        }
    }
}
