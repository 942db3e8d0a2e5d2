using System.Diagnostics;

namespace Roj.EndToEnd;

/// <summary>Runs the system's own tools (ip, nft, tc, mount) to their end.</summary>
internal static class Tool
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The directories that tools are looked for in; a user's PATH often lacks the sbin ones.</summary>
    public const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Runs <paramref name="program"/>, feeds it <paramref name="input"/>, and gives back what it printed.</summary>
    /// <exception cref="LabException">It failed, or took longer than 30 s.</exception>
    public static string Run(string program, IEnumerable<string> args, string input = "")
    {
        var start = new ProcessStartInfo(Find(program) ?? throw new LabException($"{program} is not installed"), args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        Feed(process, input);
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            throw new LabException($"{program} {string.Join(' ', args)}: not done after {Patience.TotalSeconds} s");
        }

        if (process.ExitCode != 0)
            throw new LabException($"{program} {string.Join(' ', args)}: exit code {process.ExitCode}: {errors.Result.Trim()}");
        return output.Result;
    }

    /// <summary>The path of <paramref name="program"/>, or null where it is not installed.</summary>
    public static string? Find(string program) =>
        SearchPath.Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static void Feed(Process process, string input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It gave up before it read everything: its exit code and its complaint tell.
        }
    }
}
