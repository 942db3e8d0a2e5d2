using System.Text.RegularExpressions;

namespace Roj.Tests.Tidy;

/// <summary>What no text file of the repository holds.</summary>
internal static partial class Hygiene
{
    // Every pattern is written so that it does not match itself.
    private static readonly Rule[] rules =
    [
        new("a path of somebody's machine", MachinePath()),
        new("the name of a package registry's host: where packages come from is the builder's business", RegistryHost()),
    ];

    public static IEnumerable<string> InBreach(IEnumerable<TextFile> files) => files.SelectMany(InBreach);

    private static IEnumerable<string> InBreach(TextFile file)
    {
        if (file.Text.StartsWith('\uFEFF'))
            yield return $"{file.Path}: begins with a byte order mark";
        if (file.Text.Contains('\r', StringComparison.Ordinal))
            yield return $"{file.Path}: lines end in LF alone";
        if (file.Text.Length > 0 && !file.Text.EndsWith('\n'))
            yield return $"{file.Path}: the last line ends in a newline too";

        var isSource = file.Path.StartsWith("src/", StringComparison.Ordinal);
        foreach (var (number, line) in file.Lines.Index())
        {
            foreach (var rule in rules.Where(r => r.Pattern.IsMatch(line)))
                yield return $"{file.Path}:{number + 1}: {rule.What}";
            if (isSource && Unfinished().IsMatch(line))
                yield return $"{file.Path}:{number + 1}: what is left open stands in an issue, not in the source";
        }
    }

    [GeneratedRegex(@"(?<![\w.~-])/(wo[r]k|fa[r]m|ro[o]t|ho[m]e/\w+|Us[e]rs/\w+|tm[p]/wt)(/|\b)")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"nuget[.](org|pkg)|npmjs[.](org|com)|py(pi|thonhosted)[.]org|crates[.]io|(deb|ftp)[.]debian[.]org|(docker|ghcr)[.]io")]
    private static partial Regex RegistryHost();

    [GeneratedRegex(@"\b(TOD[O]|FIXM[E]|HAC[K]|XX[X]|NotImplemented[E]xception)\b")]
    private static partial Regex Unfinished();

    private sealed record Rule(string What, Regex Pattern);
}
