using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace Roj.Tests.Transcripts;

/// <summary>Plays a text file of commands against a core and compares what it does with what the file says.</summary>
/// <remarks>
/// <para>A file is a row of blocks, parted by empty lines. A block: comments (<c># …</c>), commands, <c>----</c>, what they led to.
/// An output of nothing is <c>(nothing)</c>.</para>
/// <para><c>ROJ_REGENERATE=1</c> writes what happened into the file instead of comparing; the difference is then reviewed like code.</para>
/// </remarks>
internal static class Transcript
{
    private const string Divider = "----";
    private const string Nothing = "(nothing)";

    /// <summary>Plays the file <paramref name="name"/> that stands beside the calling source file.</summary>
    /// <param name="name">Such as <c>alone.txt</c>.</param>
    /// <param name="play">Carries out one command and returns the lines that it led to.</param>
    /// <param name="caller">Filled in by the compiler.</param>
    internal static void Verify(string name, Func<string, IEnumerable<string>> play, [CallerFilePath] string caller = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(caller)!, name);
        var golden = File.ReadAllText(path);
        var actual = Replay(golden, play);
        if (Environment.GetEnvironmentVariable("ROJ_REGENERATE") == "1")
            File.WriteAllText(path, actual);
        else
            Assert.True(golden == actual, FirstDifference(name, golden, actual));
    }

    /// <summary>The transcript with every output replaced by what really happens.</summary>
    internal static string Replay(string transcript, Func<string, IEnumerable<string>> play)
    {
        var result = new StringBuilder();
        var blocks = transcript.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        foreach (var block in blocks)
        {
            if (result.Length > 0)
                result.Append('\n');
            var input = block.Trim('\n').Split('\n').TakeWhile(line => line != Divider).ToList();
            foreach (var line in input)
                result.Append(line).Append('\n');

            var commands = input.Where(line => !line.StartsWith('#')).ToList();
            if (commands.Count == 0)
                continue;
            result.Append(Divider).Append('\n');
            foreach (var line in commands.SelectMany(play).DefaultIfEmpty(Nothing))
                result.Append(line).Append('\n');
        }

        return result.ToString();
    }

    private static string FirstDifference(string name, string golden, string actual)
    {
        var (was, now) = (golden.Split('\n'), actual.Split('\n'));
        var at = was.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"""
            {name}, line {at + 1} (ROJ_REGENERATE=1 rewrites it)
              written: {was.ElementAtOrDefault(at) ?? "(end)"}
              happens: {now.ElementAtOrDefault(at) ?? "(end)"}
            """;
    }
}
