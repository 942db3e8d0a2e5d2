using Roj.EndToEnd;

namespace Roj.SwarmBench;

/// <summary>The cluster key of those that have one.</summary>
internal static class KeyOfTheBench
{
    private static readonly Lazy<string> made = new(Make);

    /// <summary>The file that it is in: made when it is first asked for, on the private /run, gone with the namespaces.</summary>
    public static string Path => made.Value;

    private static string Make()
    {
        const string File = "/run/bench.key";
        Tool.Run(Repository.Program(), ["keygen", File]);
        return File;
    }
}
