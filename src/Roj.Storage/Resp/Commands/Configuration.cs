using System.Globalization;
using System.Text;
using Roj.Storage.Resp.Errands;

namespace Roj.Storage.Resp.Commands;

/// <summary>What CONFIG GET says: the few settings of Redis that clients ask for.</summary>
internal static class Configuration
{
    private static readonly (string Name, Func<RespFacts, string> Value)[] all =
    [
        ("appendonly", _ => "yes"),
        ("databases", _ => Text(StorageLimits.Databases)),
        ("maxclients", facts => Text(facts.ClientsMax)),
        ("maxmemory", _ => "0"),
        ("maxmemory-policy", _ => "noeviction"),
        ("port", facts => Text(facts.Port)),
        ("proto-max-bulk-len", _ => Text(StorageLimits.ValueBytesMax)),
        ("replica-read-only", _ => "no"),
        ("save", _ => ""),
        ("slave-read-only", _ => "no"),
        ("timeout", facts => Text((long)facts.IdleMax.TotalSeconds)),
    ];

    /// <summary>CONFIG GET.</summary>
    public static RespErrand? Get(Conversation c)
    {
        var found = new List<(string Name, string Value)>();
        foreach (var (name, value) in all)
        {
            if (Asked(c, name) is { } asked)
                found.Add((asked, value(c.Facts)));
        }

        c.Reply.Map(found.Count);
        foreach (var (name, value) in found)
        {
            c.Reply.Bulk(name);
            c.Reply.Bulk(value);
        }

        return null;
    }

    // A setting that was asked for by its name is called as it was in the question, in whatever case.
    private static string? Asked(Conversation c, string name)
    {
        var asked = default(string);
        for (var i = 2; i < c.Words.Count; i++)
        {
            var pattern = Encoding.Latin1.GetString(c.Words[i]);
            if (pattern.Equals(name, StringComparison.OrdinalIgnoreCase))
                return pattern;
            if (Glob.IsMatch(Encoding.Latin1.GetBytes(pattern.ToLowerInvariant()), Encoding.ASCII.GetBytes(name)))
                asked = name;
        }

        return asked;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
