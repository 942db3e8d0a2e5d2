using System.Globalization;

namespace Roj.Tests.Tidy;

/// <summary>Today's excesses are listed; none may grow, none may join them, and what has shrunk is written down at once.</summary>
internal static class Ratchet
{
    public const string ListPath = "tests/Roj.Tests/Tidy/excesses.txt";

    public static IEnumerable<string> InBreach(IEnumerable<Measure> measures, TextFile list)
    {
        var excesses = measures.Where(m => m.Size > m.Limit).ToDictionary(m => (m.Kind, m.Subject));
        var allowed = list.Lines.Where(l => l.Length > 0 && l[0] != '#').Select(Entry).ToDictionary(e => (e.Kind, e.Subject), e => e.Size);

        foreach (var (key, excess) in excesses)
        {
            if (!allowed.TryGetValue(key, out var size))
                yield return $"{excess.Subject}: {excess.Kind} of {excess.Size}, the house stops at {excess.Limit}";
            else if (excess.Size > size)
                yield return $"{excess.Subject}: {excess.Kind} grew from {size} to {excess.Size}";
            else if (excess.Size < size)
                yield return $"{excess.Subject}: {excess.Kind} shrank from {size} to {excess.Size}; lower it in {list.Path}";
        }

        foreach (var (kind, subject) in allowed.Keys.Where(key => !excesses.ContainsKey(key)))
            yield return $"{subject}: {kind} is no excess any more; take it out of {list.Path}";
    }

    private static (string Kind, string Subject, int Size) Entry(string line) =>
        line.Split(' ') is [var kind, var subject, var size]
            ? (kind, subject, int.Parse(size, CultureInfo.InvariantCulture))
            : throw new FormatException($"not \"kind subject size\": {line}");
}
