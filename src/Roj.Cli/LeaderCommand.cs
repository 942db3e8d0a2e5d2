using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;

namespace Roj.Cli;

/// <summary><c>roj leader</c>: who leads, as one node sees it, and why.</summary>
internal static class LeaderCommand
{
    private const string Path = "/api/v1/leader";

    public static Command Create()
    {
        var why = new Option<bool>("--why") { Description = "Tell the history: who led when, and why each leadership ended." };
        return new AskedNode().Of(
            new Command("leader", "Tell who leads the cluster. Example: roj leader --why") { why },
            (parsed, node, output) => Write(node, output, parsed.GetValue(why)),
            (_, node, output) => Answer.Copy(node.Get(Path), output));
    }

    private static void Write(NodeClient node, TextWriter output, bool isWhy)
    {
        var view = JsonSerializer.Deserialize(node.Get(Path), ApiJson.Default.LeaderView)!;
        output.WriteLine(view.Leader is { } leader
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{leader.Name} ({leader.Address}, {leader.Id}) leads in term {view.Term}, mode {view.Mode}, {view.Election} election")
            : $"nobody leads: {(view.History is [{ Began: var began }, ..] ? began : "this node has just started")}");
        if (!isWhy || view.History.Count == 0)
            return;
        Columns.Write(output, [["TERM", "LEADER", "SINCE", "UNTIL", "BEGAN", "ENDED"], .. view.History.Select(Row)]);
    }

    private static string[] Row(LeadershipView one) =>
    [
        one.Term > 0 ? one.Term.ToString(CultureInfo.InvariantCulture) : "-",
        one.Name ?? "nobody",
        Time(one.Since),
        one.Until is { } until ? Time(until) : "now",
        one.Began,
        one.Ended ?? "-",
    ];

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
