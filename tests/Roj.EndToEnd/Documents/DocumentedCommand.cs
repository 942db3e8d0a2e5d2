using System.Globalization;
using System.Text.RegularExpressions;

namespace Roj.EndToEnd.Documents;

/// <summary>A command of a document: a line of a block of shell that begins with <c>roj</c>.</summary>
/// <param name="Place">Its document and line.</param>
/// <param name="Text">The command, as it stands there, without the remark after it.</param>
internal sealed partial record DocumentedCommand(string Place, string Text)
{
    /// <summary>The words after <c>roj</c>, such as <c>token exec</c>: all before the first that is no name of a command.</summary>
    public string Name => string.Join(' ', Text.Split(' ').Skip(1).Take(2).TakeWhile(word => CommandWord().IsMatch(word)));

    /// <summary>All commands of a document.</summary>
    /// <param name="path">Its path from the root of the repository.</param>
    /// <param name="text">All of it.</param>
    public static IEnumerable<DocumentedCommand> Of(string path, string text)
    {
        var (isShell, number) = (false, 0);
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (line.StartsWith("```", StringComparison.Ordinal))
                isShell = line is "```sh";
            else if (isShell && line.StartsWith("roj ", StringComparison.Ordinal))
                yield return new(string.Create(CultureInfo.InvariantCulture, $"{path}:{number}"), Remark().Replace(line, ""));
        }
    }

    // A remark stands apart; a # within a word is none.
    [GeneratedRegex(@"\s+#\s.*$")]
    private static partial Regex Remark();

    [GeneratedRegex("^[a-z]+$")]
    private static partial Regex CommandWord();
}
