using System.Text.Json;

namespace Roj.Cli.Turns;

/// <summary>A line of what a node tells who waits for a token, or holds it.</summary>
/// <param name="Event"><c>waiting</c>, <c>held</c>, <c>kept</c> or <c>lost</c>; what else there may be one day is for others.</param>
/// <param name="Epoch">Which token, of one that is held.</param>
/// <param name="Sequence">Which turn of it.</param>
/// <param name="Progress">How far the work is.</param>
/// <param name="Left">For how long it is held, without another line.</param>
/// <param name="Bytes">How long the work's data is.</param>
/// <param name="Message">Why it was lost.</param>
internal sealed record HoldLine(
    string Event, ulong Epoch, ulong Sequence, ulong Progress, TimeSpan Left, long Bytes, string? Message)
{
    // A node that grants a day or more is none of ours.
    private const ulong LeftMax = 24 * 3600 * 1000;

    /// <summary>Reads one.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static HoldLine Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var line = document.RootElement;
        if (line.ValueKind != JsonValueKind.Object)
            throw new JsonException("no object");
        return new HoldLine(
            Text(line, "event") ?? throw new JsonException("no event"),
            Number(line, "epoch"),
            Number(line, "sequence"),
            Number(line, "progress"),
            TimeSpan.FromMilliseconds(Math.Min(Number(line, "leftMs"), LeftMax)),
            (long)Math.Min(Number(line, "bytes"), long.MaxValue),
            Text(line, "message"));
    }

    /// <summary>A member that is a number; 0 if there is none.</summary>
    public static ulong Number(JsonElement of, string name) =>
        of.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number && member.TryGetUInt64(out var number)
            ? number
            : 0;

    /// <summary>A member that is a text; null if there is none.</summary>
    public static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}
