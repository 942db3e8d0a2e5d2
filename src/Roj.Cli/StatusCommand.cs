using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Roj.Host.Http;

namespace Roj.Cli;

/// <summary><c>roj status</c>: who the node is that was asked.</summary>
internal static class StatusCommand
{
    private const string Path = "/api/v1/status";

    public static Command Create() => new AskedNode().Of(
        new Command("status", "Say who a running node is. Example: roj status --node http://192.168.7.11:7070"),
        (_, node, output) => Write(node, output),
        (_, node, output) => Answer.Copy(node.Get(Path), output));

    private static void Write(NodeClient node, TextWriter output)
    {
        var status = JsonSerializer.Deserialize(node.Get(Path), ApiJson.Default.StatusView)!;
        var uptime = TimeSpan.FromSeconds(status.UptimeSeconds);
        Columns.Pairs(
            output,
            ("name", status.Name),
            ("id", status.Id),
            ("cluster", status.Cluster),
            ("address", string.Create(CultureInfo.InvariantCulture, $"{status.Address}:{status.NodePort}")),
            ("mode", status.Mode),
            ("version", status.Version),
            ("up for", Columns.Span(uptime)));
    }
}
