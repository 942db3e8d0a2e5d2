using System.Text.RegularExpressions;

namespace Roj.EndToEnd.Documents;

/// <summary>A command of a drill, and what it must say.</summary>
/// <param name="Place">The document and line.</param>
/// <param name="Command">What is typed.</param>
/// <param name="On">The node that the remark behind it names; null for none.</param>
/// <param name="Expected">Lines of what it says; one that ends in … is the beginning of one.</param>
internal sealed partial record Drill(string Place, string Command, string? On, IReadOnlyList<string> Expected)
{
    /// <summary>All drills of a document: the lines behind a <c>$</c> in blocks of console, and those that follow them.</summary>
    public static IReadOnlyList<Drill> Of(string path, string text)
    {
        List<Drill> drills = [];
        List<string> expected = [];
        var isConsole = false;
        foreach (var (index, line) in text.Split('\n').Index())
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isConsole = line is "```console";
            }
            else if (isConsole && Typed().Match(line) is { Success: true } typed)
            {
                expected = [];
                var on = typed.Groups["on"] is { Success: true } named ? named.Value : null;
                drills.Add(new Drill($"{path}:{index + 1}", typed.Groups["command"].Value, on, expected));
            }
            else if (isConsole)
            {
                expected.Add(line);
            }
        }

        return drills;
    }

    /// <summary>The first line that should have been said and was not, but for numbers, ids and columns; null if all were.</summary>
    public string? MissingIn(string said)
    {
        string[] lines = [.. said.Split('\n').Select(Plain)];
        return Expected.FirstOrDefault(line => line.EndsWith('…')
            ? !lines.Any(one => one.StartsWith(Plain(line[..^1]), StringComparison.Ordinal))
            : !lines.Contains(Plain(line)));
    }

    // Ids and times are others each time; names matter in lists of members alone: any node may lead, or accuse.
    private string Plain(string line)
    {
        var named = Command is "roj members" ? Numbers().Replace(line, "#") : AllNumbers().Replace(line, "#");
        return Spaces().Replace(named, " ").Trim();
    }

    [GeneratedRegex(@"^\$ (?<command>.*?)(\s+# (?<on>.*))?$")]
    private static partial Regex Typed();

    [GeneratedRegex(@"\b([0-9a-f]{32}|[0-9a-f]{8})\b|(?<!\bn)[0-9]+")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\b([0-9a-f]{32}|[0-9a-f]{8})\b|[0-9]+")]
    private static partial Regex AllNumbers();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
