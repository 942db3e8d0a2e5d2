using System.Globalization;

namespace Roj.EndToEnd.Storage;

/// <summary>Has a program's wall clock be wrong (<c>wallclock.c</c>, compiled here).</summary>
internal static class WallClock
{
    private static readonly Lazy<string> library = new(Make);

    /// <summary>What the program is to be told.</summary>
    /// <param name="hours">How many hours it is ahead.</param>
    public static IReadOnlyDictionary<string, string?> Ahead(int hours) => new Dictionary<string, string?>
    {
        ["LD_PRELOAD"] = library.Value,
        ["WALL_CLOCK_AHEAD"] = (hours * 3600).ToString(CultureInfo.InvariantCulture),
    };

    private static string Make()
    {
        var made = Path.Combine(Repository.Artifacts, "wallclock.so");
        var source = Path.Combine(Repository.Root, "tests", "Roj.EndToEnd", "Storage", "wallclock.c");
        var linker = Path.Combine(Repository.Root, ".ci", "linker.sh");
        Tool.Run("bash", ["-c", "set -e; source \"$1\"; \"$(linker)\" -shared -fPIC -O2 -o \"$2\" \"$3\"", "make", linker, made, source]);
        return made;
    }
}
