using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Roj.Tests.Tidy;

/// <summary>What the documents point at is there: files, headings, and the names of the source.</summary>
internal static partial class Documents
{
    /// <summary>Names that documents may use though the source does not: other people's.</summary>
    public const string ForeignNamesPath = "tests/Roj.Tests/Tidy/foreign-names.txt";

    /// <summary>Links that lead nowhere.</summary>
    /// <param name="files">The text files.</param>
    /// <param name="pictures">What else may be linked to: paths from the root.</param>
    public static IEnumerable<string> DeadLinks(IReadOnlyCollection<TextFile> files, params IReadOnlyCollection<string> pictures)
    {
        var byPath = files.ToDictionary(f => f.Path);
        var folders = files.SelectMany(f => Ancestors(f.Path)).ToHashSet();
        foreach (var document in files.Where(f => f.IsMarkdown))
        {
            foreach (var link in Link().Matches(Prose(document)).Select(m => m.Groups[1].Value).Where(l => !Elsewhere().IsMatch(l)))
            {
                var parts = link.Split('#');
                var path = parts[0].Length == 0 ? document.Path : Resolve(document.Folder, parts[0]);
                var there = byPath.GetValueOrDefault(path);
                if (there is null && !folders.Contains(path) && !pictures.Contains(path))
                    yield return $"{document.Path}: nothing at {link}";
                else if (parts.Length > 1 && there is { IsMarkdown: true } && !Headings(there).Contains(parts[1]))
                    yield return $"{document.Path}: no such heading: {link}";
            }
        }
    }

    /// <summary>Names in backticks that nothing in the source bears.</summary>
    /// <remarks>
    /// A name that ends in <c>.cs</c> is a file. A name of two humps or more (<c>ReadStatus</c>), or one that begins with
    /// <c>Roj.</c>, is an identifier or a project. Decisions and the change log are history: they keep the names of their day.
    /// </remarks>
    public static IEnumerable<string> UnknownNames(IReadOnlyCollection<TextFile> files, TextFile foreign)
    {
        var known = Identifiers(files);
        var allowed = foreign.Lines.Where(l => l.Length > 0 && l[0] != '#').ToHashSet();
        var used = new HashSet<string>();
        foreach (var document in files.Where(f => f.IsMarkdown && !IsHistory(f)))
        {
            foreach (var quoted in Quoted().Matches(Prose(document)).Select(m => m.Groups[1].Value).Distinct())
            {
                foreach (var name in Claims(quoted))
                {
                    used.Add(name);
                    if (!allowed.Contains(name) && !IsThere(name, known, files))
                        yield return $"{document.Path}: nothing is called {name}";
                }
            }
        }

        foreach (var name in allowed.Except(used))
            yield return $"{foreign.Path}: no document speaks of {name}";
    }

    // What the quoted text says is there: a file, a project, or each of its names of two humps.
    private static IEnumerable<string> Claims(string quoted)
    {
        if (SourceFile().IsMatch(quoted))
            return [quoted];
        if (!Name().IsMatch(quoted))
            return [];
        var names = Word().Matches(quoted).Select(m => m.Value);
        return quoted.StartsWith("Roj.", StringComparison.Ordinal)
            ? names.Skip(2).Prepend(Project().Match(quoted).Value)
            : names.Where(n => TwoHumps().IsMatch(n));
    }

    private static bool IsThere(string name, HashSet<string> known, IEnumerable<TextFile> files) =>
        name.EndsWith(".cs", StringComparison.Ordinal)
            ? files.Any(f => f.Path == name || f.Path.EndsWith("/" + name, StringComparison.Ordinal))
            : name.StartsWith("Roj.", StringComparison.Ordinal)
                ? files.Any(f => f.IsProject && Path.GetFileNameWithoutExtension(f.Name) == name)
                : known.Contains(name);

    // The identifiers of the source, and the words of what builds it.
    private static HashSet<string> Identifiers(IReadOnlyCollection<TextFile> files) =>
    [
        .. files.Where(f => f.IsCSharp).SelectMany(f => CSharpSyntaxTree.ParseText(f.Text).GetRoot().DescendantTokens())
            .Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.Text),
        .. files.Where(f => f.IsProject || f.Path is "Directory.Build.props" or "Directory.Packages.props" or "BannedSymbols.txt")
            .SelectMany(f => Word().Matches(f.Text)).Select(m => m.Value),
    ];

    private static bool IsHistory(TextFile file) => file.Path == "CHANGELOG.md" || file.Folder == "docs/decisions";

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
            yield return folder;
    }

    // The root stands one folder deep, so that a link out of the repository is seen to leave it.
    private static string Resolve(string folder, string link) =>
        Path.GetRelativePath("/roj", Path.GetFullPath(link, "/roj/" + folder)) is var path && path == "." ? "" : path.TrimEnd('/');

    private static HashSet<string> Headings(TextFile document) =>
    [
        .. Heading().Matches(Prose(document)).Select(m => m.Groups[1].Value.Trim().ToLowerInvariant())
            .Select(title => NotInAnchor().Replace(title, "").Replace(' ', '-')),
    ];

    private static string Prose(TextFile document) => Fenced().Replace(document.Text, "");

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"\]\(<?([^)\s>]+)>?(?:\s+""[^""]*"")?\)|^\[[^\]]+\]:\s*(\S+)", RegexOptions.Multiline)]
    private static partial Regex Link();

    [GeneratedRegex(@"^[a-z][a-z0-9+.-]*:")]
    private static partial Regex Elsewhere();

    [GeneratedRegex(@"^#+\s+(.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"`([^`\n]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^[A-Z]\w*(\.[A-Z]\w*)*(<[\w, ?<>]*>)?(\(.*\))?$")]
    private static partial Regex Name();

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Word();

    [GeneratedRegex(@"^[^*\s]+\.cs$")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"^Roj\.\w+(\.Tests)?")]
    private static partial Regex Project();

    [GeneratedRegex(@"^[A-Z][a-z0-9]+[A-Z]\w*$")]
    private static partial Regex TwoHumps();
}
