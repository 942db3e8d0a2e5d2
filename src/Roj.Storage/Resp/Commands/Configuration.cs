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
    public static Errand? Get(Conversation c)
    {
        var found = all.Where(setting => IsWanted(c, setting.Name)).ToArray();
        c.Reply.Map(found.Length);
        foreach (var (name, value) in found)
        {
            c.Reply.Bulk(name);
            c.Reply.Bulk(value(c.Facts));
        }

        return null;
    }

    private static bool IsWanted(Conversation c, string name)
    {
        var bytes = Encoding.ASCII.GetBytes(name);
        for (var i = 2; i < c.Words.Count; i++)
        {
            var pattern = c.Words[i].ToArray();
            Ascii.ToLowerInPlace(pattern, out _);
            if (Glob.IsMatch(pattern, bytes))
                return true;
        }

        return false;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
