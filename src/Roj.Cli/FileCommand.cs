using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Roj.Files.Metadata;
using Roj.Host.Http;
using Roj.Host.Http.Views;
using Roj.Kernel;

namespace Roj.Cli;

/// <summary><c>roj file</c>: files that the nodes share, by content id.</summary>
internal static class FileCommand
{
    private const string Files = "/api/v1/files";

    public static Command Create() => new("file", "Share files with the cluster, and fetch them by id. Example: roj file share film.mkv")
    {
        CreateShare(),
        CreateGet(),
        CreateList(),
        CreateRemove(),
    };

    private static Command CreateShare()
    {
        var path = new Argument<string>("path") { Description = "A file on this machine; it is read where it is, and must stay." };
        var fence = new Option<string?>("--fence")
        {
            Description = "In which turn, NAME:EPOCH:SEQUENCE: refused if a later one has shared there; without it what ROJ_FENCE says.",
            CustomParser = ParseFence,
        };
        var command = new Command("share", "Share a file; prints its id. Example: roj file share film.mkv") { path, fence };
        byte[] Share(ParseResult parsed, NodeClient node) => node.Post(Files, Json(new FileRequestView(
            Path: Path.GetFullPath(parsed.GetValue(path)!), Fence: parsed.GetValue(fence) ?? InTurn())));
        return new AskedNode().Of(
            command,
            (parsed, node, output) => output.WriteLine(View(Share(parsed, node)).Id),
            (parsed, node, output) => Answer.Copy(Share(parsed, node), output));
    }

    private static Command CreateGet()
    {
        var id = Id();
        var to = new Option<string?>("--to", "-o")
        {
            Description = "Where to: a file that is not there yet, or a folder; else it goes to the node's data directory.",
        };
        var noWait = new Option<bool>("--no-wait") { Description = "Do not wait until it is complete: the node goes on by itself." };
        var command = new Command(
            "get", "Fetch a file from whoever has it, or will; prints where it is. Example: roj file get 0123…cdef --to .")
        {
            id,
            to,
            noWait,
        };
        byte[] Get(ParseResult parsed, NodeClient node)
        {
            var place = parsed.GetValue(to) is { } given ? Path.GetFullPath(given) : null;
            var answer = node.Post(Files, Json(new FileRequestView(Id: parsed.GetValue(id), To: place)));
            return parsed.GetValue(noWait) ? answer : FileWait.UntilComplete(node, $"{Files}/{parsed.GetValue(id)}");
        }

        return new AskedNode().Of(
            command,
            (parsed, node, output) => output.WriteLine(Arguments.OneLine(View(Get(parsed, node)) is var file ? file.Path ?? file.Id : "")),
            (parsed, node, output) => Answer.Copy(Get(parsed, node), output));
    }

    private static Command CreateList() => new AskedNode().Of(
        new Command("list", "List the files that a node shares, has and fetches. Example: roj file list --output json"),
        (_, node, output) =>
        {
            var view = JsonSerializer.Deserialize(node.Get(Files), ApiJson.Default.FilesView)!;
            Columns.Write(output, [["ID", "SIZE", "HAVE", "PEERS", "STATE", "NAME"], .. view.Files.Select(Row)]);
        },
        (_, node, output) => Answer.Copy(node.Get(Files), output));

    private static Command CreateRemove()
    {
        var id = Id();
        var withData = new Option<bool>("--delete-data")
        {
            Description = "Delete what was fetched into the node's data directory; files at other places stay in any case.",
        };
        var command = new Command(
            "remove", "Share and fetch a file no more; it stays on disk. Example: roj file remove 0123…cdef --delete-data")
        {
            id,
            withData,
        };
        byte[] Remove(ParseResult parsed, NodeClient node)
        {
            var answer = node.Delete($"{Files}/{parsed.GetValue(id)}{(parsed.GetValue(withData) ? "?deleteData=true" : "")}");
            return View(answer).Fault is { } fault ? throw new AskException("not deleted", fault) : answer;
        }

        return new AskedNode().Of(
            command,
            (parsed, node, output) => output.WriteLine(Arguments.OneLine(RemovedLine(View(Remove(parsed, node))))),
            (parsed, node, output) => Answer.Copy(Remove(parsed, node), output));
    }

    // What 'roj token exec' and 'run' tell their commands.
    private static string? InTurn() => Environment.GetEnvironmentVariable("ROJ_FENCE") is { Length: > 0 } fence ? fence : null;

    private static string? ParseFence(ArgumentResult result)
    {
        var text = result.Tokens is [var token] ? token.Value : "";
        if (Fence.TryRead(text, out var fence))
            return fence.ToText();
        result.AddError($"--fence takes NAME:EPOCH:SEQUENCE, such as token/job:3:12, not '{text}'.");
        return null;
    }

    private static string RemovedLine(FileView file) =>
        $"{file.Id} is shared and fetched no more{(file.Path is { } path ? $"; {path} stays" : "")}";

    private static Argument<string> Id() => new("id")
    {
        Description = "Its id: 40 hexadecimal digits, as 'roj file share' prints it.",
        CustomParser = ParseId,
    };

    private static string? ParseId(ArgumentResult result)
    {
        var text = result.Tokens is [var token] ? token.Value : "";
        if (Sha1Digest.TryParse(text, out var file) && !file.IsZero)
            return file.ToString();
        result.AddError($"'{text}' is no file id: that is 40 hexadecimal digits.");
        return null;
    }

    private static string[] Row(FileView file) =>
    [
        file.Id,
        file.Size is { } size ? Sizes.Text(size) : "-",
        string.Create(CultureInfo.InvariantCulture, $"{file.Have}/{file.Parts}"),
        file.Peers.ToString(CultureInfo.InvariantCulture),
        file.Complete ? "complete" : file.Fault is { } fault ? $"failed: {fault}" : "fetching",
        file.Name ?? "-",
    ];

    private static byte[] Json(FileRequestView request) => JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.FileRequestView);

    private static FileView View(byte[] json) => JsonSerializer.Deserialize(json, ApiJson.Default.FileView)!;
}
