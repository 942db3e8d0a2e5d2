using System.Globalization;

namespace Roj.Cli;

/// <summary>Words in columns, for people and for <c>awk</c>: plain lines, whatever a node calls itself.</summary>
internal static class Columns
{
    /// <summary>A line for each name and its value.</summary>
    public static void Pairs(TextWriter output, params IEnumerable<(string Name, string Value)> pairs) =>
        Write(output, [.. pairs.Select(pair => new[] { pair.Name, pair.Value })]);

    /// <summary>Rows, each column as wide as its longest word.</summary>
    public static void Write(TextWriter output, IReadOnlyList<string[]> rows)
    {
        string[][] plain = [.. rows.Select(row => row.Select(Arguments.OneLine).ToArray())];
        var widths = Enumerable.Range(0, plain.Max(row => row.Length)).Select(i => plain.Max(row => row[i].Length)).ToArray();
        foreach (var row in plain)
            output.WriteLine(string.Join("  ", row.Select((word, i) => word.PadRight(widths[i]))).TrimEnd());
    }

    /// <summary>Such as <c>3 d 4 h</c>, <c>5 min 7 s</c>, <c>12 s</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => $"{Number((int)span.TotalDays)} d {Number(span.Hours)} h",
        { TotalHours: >= 1 } => $"{Number(span.Hours)} h {Number(span.Minutes)} min",
        { TotalMinutes: >= 1 } => $"{Number(span.Minutes)} min {Number(span.Seconds)} s",
        _ => $"{Number(span.Seconds)} s",
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
