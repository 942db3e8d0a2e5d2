using System.CommandLine;
using System.Text.Json;
using Roj.Host.Http;

namespace Roj.Cli;

/// <summary><c>roj leave</c>: has a node give up its vote and end.</summary>
internal static class LeaveCommand
{
    private const string Path = "/api/v1/leave";

    public static Command Create() => new AskedNode().Of(
        new Command(
            "leave",
            "Have a node give up its vote and end; one that only stops keeps its vote. Example: roj leave --node http://192.168.7.11:7070"),
        (_, node, output) => Write(node.Post(Path, "{}"u8.ToArray()), output),
        (_, node, output) => Answer.Copy(node.Post(Path, "{}"u8.ToArray()), output));

    private static void Write(byte[] json, TextWriter output)
    {
        var left = JsonSerializer.Deserialize(json, ApiJson.Default.LeaveView)!;
        output.WriteLine(left.HadSeat ? "the node has given up its vote and ends" : "the node, which had no vote, ends");
    }
}
