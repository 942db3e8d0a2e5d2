using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Roj.Host.Http;

namespace Roj.Cli;

/// <summary><c>roj kv status</c>: where keys are kept, as far as that means anything in the mode that the node is in.</summary>
internal static class KvStatusCommand
{
    private const string Path = "/api/v1/store";

    public static Command Create() => new AskedNode().Of(
        new Command("status", "Tell where keys are kept, and what waits for nodes that are away. Example: roj kv status"),
        (_, node, output) => Write(node, output),
        (_, node, output) => Answer.Copy(node.Get(Path), output));

    private static void Write(NodeClient node, TextWriter output)
    {
        var store = JsonSerializer.Deserialize(node.Get(Path), ApiJson.Default.StoreView)!;
        var members = JsonSerializer.Deserialize(node.Get("/api/v1/members"), ApiJson.Default.MembersView)!.Members;
        var isByMajority = store.Mode == "quorum";
        string[][] facts =
        [
            ["mode", store.Mode],
            ["copies", Text(store.Copies)],
            isByMajority ? ["slots moving", Text(store.SlotsMoving)] : ["map", store.MapVersion ?? "not yet"],
            .. isByMajority ? (string[][])[] : [["slots to hand on", Text(store.SlotsToHandOn)]],
            ["records here", Text(store.Records)],
            ["live bytes", Text(store.LiveBytes)],
            ["dead bytes", Text(store.DeadBytes)],
            ["full", store.IsFull ? "yes: nothing more is taken" : "no"],
            ["clients", Text(store.Clients)],
            ["redis protocol", store.Listen ?? "nowhere (--resp-port)"],
        ];
        Columns.Write(output, facts);
        var hints = store.Hints.ToDictionary(one => one.Id, one => one.Count);
        Columns.Write(output, [["NODE", "SLOTS", "FIRST", isByMajority ? "BEHIND" : "HINTS"], .. store.Nodes.Select(one => (string[])[
            Arguments.OneLine(StatusCommand.NameOf(one.Id, members)),
            Text(one.Slots),
            Text(one.SlotsFirst),
            Text(isByMajority ? one.SlotsBehind : hints.GetValueOrDefault(one.Id)),
        ])]);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
