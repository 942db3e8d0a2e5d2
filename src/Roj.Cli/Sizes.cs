using System.Globalization;

namespace Roj.Cli;

/// <summary>Numbers of bytes for people.</summary>
internal static class Sizes
{
    /// <summary>Such as <c>38.2 MiB</c>.</summary>
    public static string Text(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1024 && unit < units.Length - 1; unit++)
            value /= 1024;
        return $"{value.ToString(unit == 0 ? "F0" : "F1", CultureInfo.InvariantCulture)} {units[unit]}";
    }
}
