using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Roj.Tests.Tidy;

/// <summary>Measures C# sources: what can be read at one sitting is small.</summary>
internal static class Sizes
{
    public const int FileTalks = 300;
    public const int FileStops = 500;
    public const int MethodStops = 70;
    public const int TypeStops = 400;
    public const int ColumnsStop = 140;
    public const int PublicTypesStop = 1;

    public static IEnumerable<Measure> Of(IEnumerable<TextFile> files)
    {
        var sources = files.Where(f => f.IsCSharp).Select(f => (File: f, Root: CSharpSyntaxTree.ParseText(f.Text).GetRoot())).ToList();
        return sources.SelectMany(s => OfFile(s.File, s.Root)).Concat(OfTypes(sources));
    }

    private static IEnumerable<Measure> OfFile(TextFile file, SyntaxNode root)
    {
        yield return new("file", file.Path, file.Lines.Length, FileStops);
        yield return new("columns", file.Path, file.Lines.Max(l => l.Length), ColumnsStop);
        yield return new("publics", file.Path, PublicTypes(root), PublicTypesStop);
        // Overloads share a name: the longest speaks for all.
        foreach (var method in root.DescendantNodes().Where(IsMethod).GroupBy(FullName))
            yield return new("method", $"{file.Path}:{method.Key}", method.Max(Lines), MethodStops);
    }

    private static IEnumerable<Measure> OfTypes(IEnumerable<(TextFile File, SyntaxNode Root)> sources) =>
        from source in sources
        from type in source.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        group Lines(type) by $"{source.File.Project}:{FullName(type)}" into parts
        select new Measure("type", parts.Key, parts.Sum(), TypeStops);

    // A public type within another is part of it: that is how a closed family is written.
    private static int PublicTypes(SyntaxNode root) =>
        root.DescendantNodes().OfType<MemberDeclarationSyntax>()
            .Where(m => m is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax && m.Parent is not TypeDeclarationSyntax)
            .Count(m => m.Modifiers.Any(SyntaxKind.PublicKeyword));

    private static bool IsMethod(SyntaxNode node) =>
        node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
            or PropertyDeclarationSyntax { ExpressionBody: not null };

    // From the first attribute to the last brace; comments above don't count.
    private static int Lines(SyntaxNode node)
    {
        var span = node.SyntaxTree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private static string FullName(SyntaxNode node) =>
        string.Join('.', node.AncestorsAndSelf().Reverse().Select(OwnName).OfType<string>());

    private static string? OwnName(SyntaxNode node) => node switch
    {
        BaseNamespaceDeclarationSyntax n => n.Name.ToString(),
        TypeDeclarationSyntax { TypeParameterList.Parameters.Count: var count and > 0 } t => $"{t.Identifier}`{count}",
        BaseTypeDeclarationSyntax t => t.Identifier.Text,
        MethodDeclarationSyntax m => m.Identifier.Text,
        ConstructorDeclarationSyntax => "new",
        DestructorDeclarationSyntax => "finalizer",
        OperatorDeclarationSyntax o => $"operator{o.OperatorToken}",
        ConversionOperatorDeclarationSyntax o => $"operator({o.Type})",
        LocalFunctionStatementSyntax l => l.Identifier.Text,
        PropertyDeclarationSyntax p => p.Identifier.Text,
        IndexerDeclarationSyntax => "this[]",
        EventDeclarationSyntax e => e.Identifier.Text,
        AccessorDeclarationSyntax a => a.Keyword.Text,
        _ => null,
    };
}
