using System.Globalization;

namespace Roj.EndToEnd.Fences;

/// <summary>A command for one node at a time that writes to a file, every few hundredths of a second, under which term it works.</summary>
/// <param name="folder">Where its files are.</param>
/// <param name="term">What the shell makes a number of that grows from one holder to the next.</param>
internal sealed class FencedWork(string folder, string term = "$ROJ_TERM")
{
    // What ends the command ends `date` as well, which then says nothing: such a line is not written.
    private const string Script = """
        say() { at=$(date +%s.%N) && echo "$1 TERM $at" >> "$0.log"; }
        trap 'say end; exit 0' TERM
        say begin
        while :; do sleep 0.03; say tick; done
        """;

    private string ScriptPath => Path.Combine(folder, "work.sh");

    /// <summary>The command.</summary>
    public string Command => $"exec sh {ScriptPath}";

    /// <summary>Writes the script.</summary>
    public void Prepare() => File.WriteAllText(
        ScriptPath, Script.Replace(" TERM $at", $" {term} $at", StringComparison.Ordinal).ReplaceLineEndings("\n"));

    /// <summary>The term under which it works, as it last said; null if it has said that it is over, or nothing.</summary>
    public ulong? Term => Lines() is [.., var last] && last.Word != "end" ? last.Term : null;

    /// <summary>All that it said.</summary>
    public IReadOnlyList<(string Word, ulong Term, DateTimeOffset At)> Lines() =>
        File.Exists(ScriptPath + ".log") ? [.. File.ReadAllText(ScriptPath + ".log").Split('\n')[..^1].Select(Parse)] : [];

    private static (string Word, ulong Term, DateTimeOffset At) Parse(string line)
    {
        var words = line.Split(' ');
        var seconds = decimal.Parse(words[2], CultureInfo.InvariantCulture);
        return (words[0], ulong.Parse(words[1], CultureInfo.InvariantCulture),
            DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)));
    }
}
