using System.Text.Json;
using System.Text.RegularExpressions;

namespace Roj.Tests.Packaging;

/// <summary>A Dockerfile, read strictly: instructions that are known, stages that are there.</summary>
internal sealed partial class Dockerfile
{
    private static readonly string[] known =
        ["FROM", "RUN", "WORKDIR", "COPY", "USER", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD", "ENV", "VOLUME", "HEALTHCHECK"];

    private readonly List<(string Stage, string Name, string Text)> instructions = [];

    public Dockerfile(string text)
    {
        var stage = "";
        foreach (var line in Continued().Replace(text, " ").Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var (name, rest) = (line.Split(' ')[0], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            if (!known.Contains(name))
                throw new FormatException($"what is {line}");
            if (name == "FROM")
                stage = Stage().Match(rest) is { Success: true } its ? its.Groups[1].Value : throw new FormatException($"no stage: {line}");
            instructions.Add((stage, name, rest));
        }
    }

    /// <summary>The names of all stages, the last of which is built unless another is asked for.</summary>
    public IReadOnlyList<string> Stages => [.. instructions.Where(i => i.Name == "FROM").Select(i => i.Stage)];

    /// <summary>What a stage says, and those that it is made from.</summary>
    public IEnumerable<string> Of(string stage, string name)
    {
        var above = instructions.First(i => i.Stage == stage && i.Name == "FROM").Text.Split(' ')[0];
        var own = instructions.Where(i => i.Stage == stage && i.Name == name).Select(i => i.Text);
        return Stages.Contains(above) ? Of(above, name).Concat(own) : own;
    }

    /// <summary>The command that a stage runs, word by word.</summary>
    public IReadOnlyList<string> Command(string stage) =>
        [.. Words(Of(stage, "ENTRYPOINT").Last()), .. Words(Of(stage, "CMD").Last())];

    /// <summary>The words of an instruction that is given as a list, as all of ours are: no shell is between.</summary>
    public static IReadOnlyList<string> Words(string list) => JsonSerializer.Deserialize<string[]>(list)!;

    /// <summary>Stages that files are taken from and nobody made.</summary>
    public IEnumerable<string> MissingStages() =>
        instructions.Where(i => i.Name == "COPY").SelectMany(i => From().Matches(i.Text)).Select(m => m.Groups[1].Value).Except(Stages);

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex(@"^\S+ AS ([a-z]+)$")]
    private static partial Regex Stage();

    [GeneratedRegex(@"--from=(\S+)")]
    private static partial Regex From();
}
