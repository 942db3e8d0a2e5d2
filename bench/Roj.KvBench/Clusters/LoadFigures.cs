using System.Globalization;

namespace Roj.KvBench;

/// <summary>What a load generator counted, as lines of its output have it.</summary>
/// <param name="Requests">Requests that were answered.</param>
/// <param name="P50">What half of a client's turns didn't take longer than.</param>
/// <param name="P99">What 99 of 100 didn't.</param>
/// <param name="Most">What none did.</param>
/// <param name="Cpu">The processor time of the load generator itself; zero where it is not said.</param>
internal sealed record LoadFigures(long Requests, TimeSpan P50, TimeSpan P99, TimeSpan Most, TimeSpan Cpu)
{
    /// <summary>What the last line begins with.</summary>
    public const string Mark = "done ";

    /// <summary>Reads the last line.</summary>
    public static LoadFigures Of(string line) => Of(line[Mark.Length..].Split(' '));

    /// <summary>Reads the lines of all seconds, in order.</summary>
    public static IReadOnlyList<(int Second, LoadFigures Figures)> Seconds(IEnumerable<string> lines) =>
    [
        .. lines.Where(line => line.StartsWith("second ", StringComparison.Ordinal)).Select(line => line.Split(' '))
            .Select(words => (int.Parse(words[1], CultureInfo.InvariantCulture), Of(words[2..]))).OrderBy(one => one.Item1),
    ];

    private static LoadFigures Of(string[] words)
    {
        var numbers = words.Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return new LoadFigures(
            numbers[0], new(numbers[1]), new(numbers[2]), new(numbers[3]), numbers.Length > 4 ? new(numbers[4]) : TimeSpan.Zero);
    }
}
