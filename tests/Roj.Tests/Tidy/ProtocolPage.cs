using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Roj.Tests.Tidy;

/// <summary>Writes what a protocol says and in which states it is, out of the source itself: its types, their first sentences, and the
/// places where a state is given another.</summary>
internal sealed class ProtocolPage(Protocol protocol, IEnumerable<TextFile> files)
{
    private readonly (TextFile File, SyntaxNode Root)[] sources =
    [
        .. files.Where(file => file.IsCSharp && file.Project == $"src/{protocol.Core}")
            .Select(file => (file, CSharpSyntaxTree.ParseText(file.Text).GetRoot())),
    ];

    private readonly StringBuilder page = new();

    public string Write()
    {
        Line($"# {char.ToUpperInvariant(protocol.Name[0])}{protocol.Name[1..]}: messages and states");
        Line();
        Line("Read out of the source by `ProtocolsTests`, which fails where this page says something else, and with");
        Line("`ROJ_REGENERATE=1` writes it anew.");
        Line($"Why it is so stands in [the core's own page](../../src/{protocol.Core}/README.md).");
        Line();
        Line("## Messages");
        foreach (var family in protocol.Messages)
            WriteFamily(family);
        Line();
        Line("## States");
        foreach (var (title, type, places) in protocol.States)
            WriteStates(title, type, places);
        return page.ToString();
    }

    private void Line(string text = "") => page.Append(text).Append('\n');

    private void WriteFamily(string name)
    {
        var (type, file) = Find(name);
        var family = (RecordDeclarationSyntax)type;
        Line();
        Line($"### {name}");
        Line();
        Line($"{Summary(family)} [{file.Name}](../../{file.Path})");
        Line();
        Line("| message | what it says | with |");
        Line("|---|---|---|");
        RecordDeclarationSyntax[] kinds =
        [
            .. family.ChildNodes().OfType<RecordDeclarationSyntax>().Where(kind => !kind.Modifiers.Any(SyntaxKind.AbstractKeyword)),
        ];
        var common = family.ParameterList?.Parameters.Select(one => one.Identifier.Text).ToArray() ?? [];
        foreach (var kind in kinds.Length > 0 ? kinds : [family])
        {
            var fields = kind.ParameterList?.Parameters.Where(one => kind == family || !common.Contains(one.Identifier.Text)) ?? [];
            Line($"| `{kind.Identifier.Text}` | {Summary(kind)} | {string.Join(", ", fields.Select(Field))} |");
        }

        if (kinds.Length > 0 && common.Length > 0)
            Line($"\nAll of them have {string.Join(", ", family.ParameterList!.Parameters.Select(Field))}.");
    }

    private void WriteStates(string title, string name, string[] places)
    {
        var machines = places.Select(place => sources.Single(one => one.File.Name == place)).ToArray();
        var here = machines.Select(one => Types(one.Root, name).FirstOrDefault()).FirstOrDefault(type => type is not null);
        var type = here ?? Find(name).Type;
        (string Name, string Says)[] states = type is EnumDeclarationSyntax many
            ? [.. many.Members.Select(one => (one.Identifier.Text, Summary(one)))]
            : [.. type.ChildNodes().OfType<RecordDeclarationSyntax>().Select(one => (one.Identifier.Text, Summary(one)))];
        Line();
        Line($"### {title}");
        if (states.Any(state => state.Says.Length > 0))
        {
            Line();
            Line("| state | meaning |");
            Line("|---|---|");
            foreach (var (state, says) in states)
                Line($"| `{state}` | {says} |");
        }

        var steps = machines.SelectMany(one => StateSteps.Of(one.Root, name, [.. states.Select(state => state.Name)])).Distinct()
            .Order().ToArray();
        if (steps.Length == 0)
            return;
        Line();
        Line($"Where it changes ({string.Join(", ", machines.Select(one => $"[{one.File.Name}](../../{one.File.Path})"))}): the arrows");
        Line("bear the names of methods, and *any* stands where the source asks for no state before.");
        Line();
        Line("```mermaid");
        Line("stateDiagram-v2");
        foreach (var (from, to, by) in steps)
            Line($"    {from} --> {to} : {by}");
        Line("```");
    }

    private (BaseTypeDeclarationSyntax Type, TextFile File) Find(string name) =>
        sources.SelectMany(one => Types(one.Root, name).Select(type => (type, one.File)))
            .OrderBy(one => one.type.Parent is TypeDeclarationSyntax).First(); // another family may have a kind of that name

    private static IEnumerable<BaseTypeDeclarationSyntax> Types(SyntaxNode root, string name) =>
        root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Where(type => type.Identifier.Text == name);

    private static string Field(ParameterSyntax field) =>
        $"`{char.ToLowerInvariant(field.Identifier.Text[0])}{field.Identifier.Text[1..]}`";

    // The first sentence that the source says of it, in one line; nothing where it says nothing.
    private static string Summary(SyntaxNode node)
    {
        var says = string.Concat(node.GetLeadingTrivia().Select(one => one.GetStructure()).OfType<DocumentationCommentTriviaSyntax>()
            .SelectMany(one => one.Content).OfType<XmlElementSyntax>().Where(one => one.StartTag.Name.ToString() == "summary")
            .SelectMany(one => one.Content).Select(Words));
        var line = string.Join(' ', says.Replace("///", "", StringComparison.Ordinal).Split((char[])[' ', '\n'], Split));
        var end = line.IndexOf(". ", StringComparison.Ordinal);
        while (end >= 0 && char.IsDigit(line[end + 2]))
            end = line.IndexOf(". ", end + 1, StringComparison.Ordinal); // "et al. 1987"
        return end < 0 ? line : line[..(end + 1)];
    }

    private const StringSplitOptions Split = StringSplitOptions.RemoveEmptyEntries;

    private static string Words(XmlNodeSyntax node) => node switch
    {
        XmlEmptyElementSyntax { Attributes: [var first, ..] } => $"`{Last(first)}`",
        XmlElementSyntax element => $"`{string.Concat(element.Content.Select(Words))}`",
        _ => node.ToString(),
    };

    private static string Last(XmlAttributeSyntax attribute)
    {
        var text = attribute.ToString();
        return text[(text.IndexOf('"', StringComparison.Ordinal) + 1)..^1].Split('.')[^1];
    }
}
