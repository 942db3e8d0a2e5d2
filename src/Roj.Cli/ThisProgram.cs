using System.Diagnostics;

namespace Roj.Cli;

/// <summary>The program that runs, to be run once more.</summary>
internal static class ThisProgram
{
    // What the programs that Roj replaces call their settings (Roj.Host.Daemon.NodeConfiguration).
    private static readonly string[] OtherNames = ["INTERFACE_NAME", "BROADCAST_PORT", "HTTP_PORT", "IP_ADDRESS"];

    // A cluster that the user closes is to be closed; and a key can be said in no other way.
    private static readonly string[] KeyVariables = ["ROJ_KEY", "ROJ_KEY_FILE"];

    /// <summary>What the user must type to run it: its name where it is on the PATH, else where it is.</summary>
    public static string Name
    {
        get
        {
            var program = Environment.ProcessPath!;
            var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
            return places.Contains(Path.GetDirectoryName(program)) ? Path.GetFileNameWithoutExtension(program) : program;
        }
    }

    /// <summary>A start of it that knows nothing but <paramref name="arguments"/> and the cluster's key: what else the user's environment
    /// says to a node of his is not said to this one.</summary>
    public static ProcessStartInfo Start(IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath!;
        // Run as "dotnet roj.dll".
        string[] self = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        var start = new ProcessStartInfo(program, [.. self, .. arguments]);
        foreach (var name in start.Environment.Keys.ToArray())
        {
            var isOurs = name.StartsWith("ROJ_", StringComparison.Ordinal) && !KeyVariables.Contains(name);
            if (isOurs || OtherNames.Contains(name))
                start.Environment.Remove(name);
        }

        // Else the runtime keeps a socket in the temporary directory, and leaves it there when it is killed.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }
}
