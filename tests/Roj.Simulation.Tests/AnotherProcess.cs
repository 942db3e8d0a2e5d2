using System.Diagnostics;
using Xunit;

namespace Roj.Simulation.Tests;

/// <summary>Runs one test of this program in a process of its own: what differs between processes shows there.</summary>
internal static class AnotherProcess
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static void RunsTest(Type test, string method, params (string Name, string Value)[] environment)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(test.Assembly.Location);
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{test.FullName}.{method}");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var child = Process.Start(start)!;
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        if (!child.WaitForExit(Limit))
        {
            child.Kill();
            Assert.Fail($"{method} took longer than {Limit.TotalSeconds} s in another process");
        }

        Assert.Equal(0, child.ExitCode);
    }
}
