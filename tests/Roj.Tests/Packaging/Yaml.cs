using Xunit;
using YamlDotNet.RepresentationModel;

namespace Roj.Tests.Packaging;

/// <summary>YAML as it was written: a member that is not there, or of another kind, is a failure.</summary>
internal static class Yaml
{
    /// <summary>The documents of a text; one key twice in one place is an error of the parser's.</summary>
    public static IReadOnlyList<YamlNode> Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    /// <summary>A member, by its path.</summary>
    public static YamlNode At(this YamlNode node, params string[] path)
    {
        foreach (var name in path)
        {
            var members = Assert.IsType<YamlMappingNode>(node).Children;
            Assert.True(members.TryGetValue(new YamlScalarNode(name), out var next), $"no {name} of {string.Join('.', path)}");
            node = next!;
        }

        return node;
    }

    /// <summary>The names of all members.</summary>
    public static IEnumerable<string> Names(this YamlNode node) =>
        Assert.IsType<YamlMappingNode>(node).Children.Keys.Select(key => key.Text());

    /// <summary>What is in a list.</summary>
    public static IEnumerable<YamlNode> Items(this YamlNode node) => Assert.IsType<YamlSequenceNode>(node).Children;

    /// <summary>A word or number.</summary>
    public static string Text(this YamlNode node) => Assert.IsType<YamlScalarNode>(node).Value!;

    /// <summary>A service of a composition, with what it takes from another (<c>&lt;&lt;</c>) put in.</summary>
    public static YamlMappingNode Merged(this YamlNode node)
    {
        var own = Assert.IsType<YamlMappingNode>(node);
        if (!own.Children.TryGetValue(new YamlScalarNode("<<"), out var above))
            return own;
        var all = new YamlMappingNode(above.Merged().Children);
        foreach (var (key, value) in own.Children.Where(member => member.Key.Text() != "<<"))
            all.Children[key] = value;
        return all;
    }
}
