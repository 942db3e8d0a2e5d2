using Microsoft.Win32.SafeHandles;

namespace Roj.Host.Daemon;

/// <summary>How a command is to be started.</summary>
/// <param name="Command">It, and its arguments.</param>
/// <param name="Variables">Its whole environment.</param>
/// <param name="Output">Where what it writes goes.</param>
/// <param name="Error">Where what it says of errors goes.</param>
internal sealed record ProcessPlan(
    IReadOnlyList<string> Command, IEnumerable<KeyValuePair<string, string>> Variables, SafeFileHandle Output, SafeFileHandle Error)
{
    /// <summary>A line for the shell.</summary>
    public static IReadOnlyList<string> Line(string command) => ["/bin/sh", "-c", command];

    /// <summary>What it reads; nothing if this is null.</summary>
    public SafeFileHandle? Input { get; init; }

    /// <summary>What to run instead of <c>/bin/sh</c>.</summary>
    public string Shell { get; init; } = "/bin/sh";
}
