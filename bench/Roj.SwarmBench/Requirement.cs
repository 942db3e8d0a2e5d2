using System.Diagnostics;
using Roj.EndToEnd;

namespace Roj.SwarmBench;

/// <summary>Something that a subject needs on this machine.</summary>
/// <param name="What">What it is called.</param>
/// <param name="Package">The Debian package that it comes with.</param>
/// <param name="Path">A file of it: whether that exists is whether it is there.</param>
internal sealed record Requirement(string What, string Package, string Path)
{
    /// <summary>Whether it is installed.</summary>
    public bool IsThere => File.Exists(Path) || Directory.Exists(Path);

    /// <summary>Installs packages, as was asked for by --install.</summary>
    /// <exception cref="LabException">It did not work.</exception>
    public static void Install(IEnumerable<string> packages)
    {
        var start = new ProcessStartInfo(
            Tool.Find("apt-get") ?? throw new LabException("there is no apt-get here"),
            ["install", "-qq", "-y", "--no-install-recommends", .. packages]);
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new LabException($"apt-get install {string.Join(' ', packages)}: exit code {process.ExitCode}");
    }
}
