using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;

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
        if (status.Mode == "quorum")
            WriteRoster(JsonSerializer.Deserialize(node.Get("/api/v1/roster"), ApiJson.Default.RosterView)!, node, output);
    }

    private static void WriteRoster(RosterView roster, NodeClient node, TextWriter output)
    {
        if (roster.Version == 0)
        {
            var members = JsonSerializer.Deserialize(node.Get("/api/v1/members"), ApiJson.Default.MembersView)!.Members;
            var missing = roster.Expected - members.Count(member => member.State == "alive");
            output.WriteLine(Arguments.OneLine(
                roster.Awaited.Count > 0 ? $"waits for {string.Join(", ", roster.Awaited.Select(id => NameOf(id, members)))}"
                : missing > 0 ? string.Create(CultureInfo.InvariantCulture, $"waits for {missing} more of {roster.Expected}")
                : "waits for the others to say that they are ready"));
            return;
        }

        var votes = roster.Next is null ? "" : $"; next {Names(roster.Next)}";
        Columns.Pairs(
            output,
            ("roster", string.Create(CultureInfo.InvariantCulture, $"version {roster.Version}: {Names(roster.Members)}{votes}")),
            ("votes", roster.Voting ? "yes" : "no"));
        if (roster.Members.Count(seat => seat.Alive) <= roster.Members.Count / 2)
            output.WriteLine("no majority of the roster is alive, as far as this node knows: nothing can be changed until one is");
    }

    private static string Names(IReadOnlyList<SeatView> seats) =>
        string.Join(", ", seats.Select(seat => (seat.Name ?? seat.Id[..8]) + (seat.Alive ? "" : " (not here)")));

    /// <summary>What people call a node.</summary>
    public static string NameOf(string id, IReadOnlyList<MemberView> members) =>
        members.FirstOrDefault(member => member.Id == id)?.Name ?? id[..8];
}
