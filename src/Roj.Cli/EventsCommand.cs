using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;

namespace Roj.Cli;

/// <summary><c>roj events</c>: what happened, and with <c>-f</c> what happens.</summary>
internal static class EventsCommand
{
    private const string Path = "/api/v1/events";

    public static Command Create()
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what happens from now on, until Ctrl-C." };
        var command = new Command("events", "Tell what happened, a line each, the oldest first. Example: roj events -f") { follow };
        void Tell(bool isFollowed, NodeClient node, TextWriter output, bool isJson)
        {
            void Write(EventView happened, string json) => output.WriteLine(isJson ? json : Line(happened));
            if (isFollowed)
            {
                node.Follow(Path, json => Write(JsonSerializer.Deserialize(json, ApiJson.Default.EventView)!, json));
                throw new AskException("gone", "the node ended the stream: it is leaving, or was stopped");
            }

            foreach (var happened in JsonSerializer.Deserialize(node.Get(Path), ApiJson.Default.EventsView)!.Events)
                Write(happened, JsonSerializer.Serialize(happened, ApiJson.Default.EventView));
        }

        return new AskedNode().Of(
            command,
            (parsed, node, output) => Tell(parsed.GetValue(follow), node, output, isJson: false),
            (parsed, node, output) => Tell(parsed.GetValue(follow), node, output, isJson: true));
    }

    private static string Line(EventView happened)
    {
        var time = happened.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var name = happened.Data.ValueKind == JsonValueKind.Object && happened.Data.TryGetProperty("name", out var said)
            ? $" {said}"
            : "";
        var node = happened.Node is { } id ? " " + id : "";
        return Arguments.OneLine($"{time} {happened.Kind}{name}{node}{More(happened.Data)}");
    }

    private static string More(JsonElement data) => data.ValueKind != JsonValueKind.Object
        ? ""
        : string.Concat(data.EnumerateObject()
            .Where(member => member.Name is not ("name" or "state") && member.Value.ValueKind != JsonValueKind.Null)
            .Select(member => $" {member.Name}={member.Value}"));
}
