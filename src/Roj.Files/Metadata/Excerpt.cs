namespace Roj.Files.Metadata;

/// <summary>What somebody else wrote, short and on one line, so that a message can show it.</summary>
internal static class Excerpt
{
    private const int LengthMax = 40;

    /// <summary>In quotes, without control characters.</summary>
    internal static string Quote(string text) => $"\"{string.Concat(Shorten(text).Select(c => char.IsControl(c) ? '?' : c))}\"";

    /// <summary>As it is, cut off where it becomes long.</summary>
    internal static string Shorten(string text) => text.Length <= LengthMax ? text : $"{text[..LengthMax]}...";
}
