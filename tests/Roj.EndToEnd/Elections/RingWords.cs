using System.Globalization;

namespace Roj.EndToEnd.Elections;

/// <summary>Bodies of <c>POST /message</c>, written by hand, so that what they say does not depend on Roj's own codec.</summary>
internal static class RingWords
{
    /// <summary>That this node leads in this term.</summary>
    public static string Leader(string node, ulong term, int version = 1, int hops = 0) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""
        {"type":"LEADER","version":{{{version}}},"sender":{{{Id(node)}}},"origin":{{{Id(node)}}},"hops":{{{hops}}},
        "term":{"counter":{{{term}}},"leader":"{{{node}}}"}}
        """);

    /// <summary>That this node stands.</summary>
    public static string Election(string sender, string origin) =>
        $$"""{"type":"ELECTION","version":1,"sender":{{Id(sender)}},"origin":{{Id(origin)}},"hops":0}""";

    private static string Id(string node) => $$"""{"id":4294967295,"node":"{{node}}"}""";
}
