using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Roj.Tests.Tidy;

/// <summary>Where source gives a state another: the right sides of assignments that name one, the method that they are in, and the states
/// that the conditions around them ask for.</summary>
internal static class StateSteps
{
    private const string Anywhere = "any";

    /// <summary>From which state to which, and by which method.</summary>
    /// <param name="root">The file.</param>
    /// <param name="family">The type of the states.</param>
    /// <param name="states">Their names.</param>
    public static IEnumerable<(string From, string To, string By)> Of(SyntaxNode root, string family, IReadOnlyCollection<string> states)
    {
        foreach (var named in Named(root, family, states))
        {
            if (!IsGiven(named.Node))
                continue;
            var method = named.Node.Ancestors().OfType<MemberDeclarationSyntax>().First(one => one is not EnumMemberDeclarationSyntax);
            if (method is FieldDeclarationSyntax || (method is PropertyDeclarationSyntax && method.DescendantNodes().Contains(named.Node)))
            {
                yield return ("[*]", named.State, "at first");
                continue;
            }

            var by = method is MethodDeclarationSyntax its ? its.Identifier.Text : "new";
            var before = Before(named.Node, method, family, states).Distinct().ToArray();
            foreach (var from in before.Length > 0 ? before : [Anywhere])
                yield return (from, named.State, by);
        }
    }

    private static IEnumerable<(SyntaxNode Node, string State)> Named(SyntaxNode root, string family, IReadOnlyCollection<string> states) =>
        from name in root.DescendantNodes().OfType<SimpleNameSyntax>()
        where states.Contains(name.Identifier.Text)
        let whole = name.Parent
        where whole is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax left } && left.Identifier.Text == family
            || whole is QualifiedNameSyntax { Left: IdentifierNameSyntax other } && other.Identifier.Text == family
        select (whole, name.Identifier.Text);

    // On the right of an assignment or a field's first value, as what is given and not as what is asked for.
    private static bool IsGiven(SyntaxNode named)
    {
        for (var (child, node) = (named, named.Parent); node is not null; (child, node) = (node, node.Parent))
        {
            switch (node)
            {
                case AssignmentExpressionSyntax assignment:
                    return assignment.Right == child;
                case EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax }:
                case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax } }:
                    return true;
                case PatternSyntax or BinaryExpressionSyntax or ArgumentSyntax { Parent: ArgumentListSyntax } or StatementSyntax:
                case ConditionalExpressionSyntax asked when asked.Condition == child:
                case SwitchExpressionSyntax chosen when chosen.GoverningExpression == child:
                    return false;
            }
        }

        return false;
    }

    private static string[] Before(SyntaxNode named, SyntaxNode method, string family, IReadOnlyCollection<string> states)
    {
        for (var (child, node) = (named, named.Parent); node is not null && node != method; (child, node) = (node, node.Parent))
        {
            SyntaxNode[] asked = node switch
            {
                IfStatementSyntax branch when branch.Statement == child => [branch.Condition],
                SwitchSectionSyntax section => [.. section.Labels],
                SwitchExpressionArmSyntax arm when arm.Expression == child => [arm.Pattern],
                ConditionalExpressionSyntax either when either.WhenTrue == child => [either.Condition],
                _ => [],
            };
            var there = asked.SelectMany(one => Named(one, family, states)).Where(one => !IsDenied(one.Node));
            string[] found = [.. there.Select(one => one.State)];
            if (found.Length > 0)
                return found;
        }

        return [];
    }

    private static bool IsDenied(SyntaxNode named) => named.Ancestors().TakeWhile(one => one is not StatementSyntax)
        .Any(one => one is UnaryPatternSyntax || one.IsKind(SyntaxKind.NotEqualsExpression) || one.IsKind(SyntaxKind.LogicalNotExpression));
}
