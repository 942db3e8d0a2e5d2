using System.Globalization;

namespace Roj.RegisterBench;

/// <summary>What the load generator counted, as one line of its output.</summary>
/// <param name="Changes">Changes that were acknowledged while it measured.</param>
/// <param name="Took">How long it measured.</param>
/// <param name="P50">What half of the changes didn't take longer than.</param>
/// <param name="P99">What 99 of 100 didn't.</param>
/// <param name="Cpu">The processor time of the load generator itself.</param>
internal sealed record LoadResult(long Changes, TimeSpan Took, TimeSpan P50, TimeSpan P99, TimeSpan Cpu)
{
    /// <summary>What the line begins with.</summary>
    public const string Mark = "done ";

    /// <summary>The line.</summary>
    public string ToLine() => Mark + string.Join(' ', ((long[])[Changes, Took.Ticks, P50.Ticks, P99.Ticks, Cpu.Ticks])
        .Select(number => number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Reads what <see cref="ToLine"/> wrote.</summary>
    public static LoadResult Of(string line)
    {
        var numbers = line[Mark.Length..].Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new LoadResult(numbers[0], new(numbers[1]), new(numbers[2]), new(numbers[3]), new(numbers[4]));
    }
}
