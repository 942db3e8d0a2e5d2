using System.Diagnostics;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary>One run of the program, as built beside the tests.</summary>
/// <param name="Exit">How it ended.</param>
/// <param name="Output">What it said on standard output.</param>
/// <param name="Error">What it said on standard error.</param>
internal sealed record RojRun(int Exit, string Output, string Error)
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="node">What ROJ_NODE says; null for nothing.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Task<RojRun> OfAsync(string? node, params string[] arguments) => OfAsync(Plan(node, arguments));

    /// <summary>Runs it to its end.</summary>
    public static async Task<RojRun> OfAsync(ProcessStartInfo plan)
    {
        using var process = Process.Start(plan)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(3 * Soon.Limit);
        }
        finally
        {
            process.Kill();
        }

        return new RojRun(process.ExitCode, await output, await error);
    }

    /// <summary>Starts it; who starts it ends it.</summary>
    public static Process Start(string? node, params string[] arguments) => Process.Start(Plan(node, arguments))!;

    /// <summary>How it is started.</summary>
    public static ProcessStartInfo Plan(string? node, params string[] arguments)
    {
        // The runtime that runs the tests: …/shared/Microsoft.NETCore.App/VERSION is three folders below its program.
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var start = new ProcessStartInfo(Path.GetFullPath(Path.Combine(runtime, "../../../dotnet")))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "roj.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Remove("ROJ_NODE");
        if (node is not null)
            start.Environment["ROJ_NODE"] = node;
        return start;
    }
}
