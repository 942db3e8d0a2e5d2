using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Roj.Tests.Tidy;

/// <summary>What BannedSymbols.txt bans but its analyzer does not see, by the words alone.</summary>
/// <remarks>
/// The analyzer looks at calls and constructions. It misses <c>HashSet&lt;int&gt; seen = [1]</c>, a dictionary taken as a parameter and
/// walked, and the language's own <c>lock</c>, <c>async</c> and <c>await</c>.
/// </remarks>
internal static class Purity
{
    /// <summary>The one table that there is: it can't be gone through (decision record 0060).</summary>
    private const string Table = "src/Roj.Kernel/Table.cs";

    private static readonly string[] unordered = ["Hashtable", "ToDictionary", "ToHashSet"];
    private static readonly string[] unorderedOf = ["Dictionary", "HashSet"]; // with type arguments: bencoding has dictionaries too
    private static readonly SyntaxKind[] waiting = [SyntaxKind.LockKeyword, SyntaxKind.AsyncKeyword, SyntaxKind.AwaitKeyword];

    public static IEnumerable<string> InBreach(IEnumerable<TextFile> files) =>
        from file in files
        where file.IsCSharp && Floors.IsPure(file) && file.Path != Table
        from token in CSharpSyntaxTree.ParseText(file.Text).GetRoot().DescendantTokens()
        let why = WhyNot(token)
        where why is not null
        select $"{file.Path}:{token.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: {token.Text}: {why}";

    private static string? WhyNot(SyntaxToken token) =>
        unordered.Contains(token.Text) ? "its order differs between processes"
        : token.Parent is GenericNameSyntax && unorderedOf.Contains(token.Text) ? "its order differs between processes"
        : waiting.Contains(token.Kind()) ? "a core has one caller and never waits"
        : null;
}
