using System.Globalization;

namespace Roj.Log.Format;

/// <summary>What the files are called: <c>0000000001.segment</c>, its <c>0000000001.hint</c>, what is being made (<c>….new</c>), and the
/// <c>reserve</c>.</summary>
internal static class FileNames
{
    internal const string Reserve = "reserve";
    internal const string New = ".new";
    private const string SegmentEnd = ".segment";
    private const string HintEnd = ".hint";
    private const int Digits = 10; // of 2^32 - 1

    internal static string Segment(uint number) => number.ToString("D10", CultureInfo.InvariantCulture) + SegmentEnd;

    internal static string Hint(uint number) => number.ToString("D10", CultureInfo.InvariantCulture) + HintEnd;

    internal static bool IsSegment(string name, out uint number) => Is(name, SegmentEnd, out number);

    internal static bool IsHint(string name, out uint number) => Is(name, HintEnd, out number);

    /// <summary>Whether it was being made when the process ended: it is worth nothing.</summary>
    internal static bool IsUnfinished(string name) =>
        name.EndsWith(New, StringComparison.Ordinal) && Is(name[..^New.Length]);

    private static bool Is(string name) => IsSegment(name, out _) || IsHint(name, out _);

    private static bool Is(string name, string end, out uint number)
    {
        number = 0;
        return name.Length == Digits + end.Length
            && name.EndsWith(end, StringComparison.Ordinal)
            && uint.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number > 0;
    }
}
