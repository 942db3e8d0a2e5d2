using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary><c>roj up</c>: nodes that find each other, die and return; and nothing that stays behind, however it ends.</summary>
public sealed class UpTests
{
    private const string Script = "/usr/bin/script";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_node_is_declared_dead_and_an_interrupt_ends_all()
    {
        using var up = new UpRun();
        await up.SaysAsync("complete");
        await UpRun.SignalAsync("KILL", up.Nodes["127.0.0.3"]);
        await up.SaysAsync("dead", "127.0.0.3");
        await UpRun.SignalAsync("STOP", up.Nodes["127.0.0.2"]); // one that hears nothing is ended too
        var begun = Stopwatch.GetTimestamp();
        await up.SignalAsync("INT");
        Assert.Equal(0, await up.ExitAsync());
        Assert.True(Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(3), "it took too long to end");
        Assert.True(up.IsClean);
    }

    [Fact]
    public async Task Its_nodes_do_not_outlive_it()
    {
        using var up = new UpRun();
        await up.SaysAsync("complete");
        Assert.False(up.IsClean);
        await up.SignalAsync("KILL");
        await Soon.UntilAsync(() => up.IsClean, "the nodes have ended and removed what was theirs");
    }

    [Fact]
    public async Task A_terminal_shows_a_table()
    {
        Assert.SkipUnless(File.Exists(Script), "no script(1) to make a terminal");
        var (port, httpPort) = UpRun.FreePorts();
        var plan = RojRun.Plan(null, "up", "3", "--port", port, "--http-port", httpPort);
        var words = plan.ArgumentList.Prepend(plan.FileName).Select(word => $"'{word}'");
        var start = new ProcessStartInfo(Script, ["-qec", "stty cols 120 rows 40; " + string.Join(' ', words), "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm";
        using var script = Process.Start(start)!;
        var output = await UntilAsync(script.StandardOutput, "3 of 3");
        await script.StandardInput.WriteAsync("\x03"); // Ctrl-C: the terminal tells the nodes too
        await script.StandardInput.FlushAsync(Cancelled);
        output += await script.StandardOutput.ReadToEndAsync(Cancelled).WaitAsync(Soon.Limit, Cancelled);
        await script.WaitForExitAsync(Cancelled);
        Assert.Equal(0, script.ExitCode);
        Assert.Contains("│ 127.0.0.3 │", output, StringComparison.Ordinal);
        Assert.Contains("nothing is left", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_with_its_process()
    {
        using var other = new TcpListener(IPAddress.Parse("127.0.0.2"), 0);
        other.Start();
        var taken = other.LocalEndpoint.ToString()!;
        var run = await RojRun.OfAsync(null, "up", "2", "--http-port", taken[(taken.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        Assert.Equal(1, run.Exit);
        Assert.Equal(
            $"roj: {taken} is taken by process {Environment.ProcessId} ({File.ReadAllText("/proc/self/comm").Trim()}): "
            + "end that, or take another --http-port\n",
            run.Error);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("all")]
    public async Task How_many_has_limits(string count)
    {
        var run = await RojRun.OfAsync(null, "up", count);
        Assert.Equal((2, ""), (run.Exit, run.Output));
        Assert.Contains($"from 1 to 64, not '{count}'", run.Error, StringComparison.Ordinal);
    }

    private static async Task<string> UntilAsync(StreamReader reader, string awaited)
    {
        var output = "";
        var buffer = new char[4096];
        while (!output.Contains(awaited, StringComparison.Ordinal))
        {
            var count = await reader.ReadAsync(buffer, Cancelled).AsTask().WaitAsync(2 * Soon.Limit, Cancelled);
            Assert.True(count > 0, $"it ended and never showed {awaited}");
            output += new string(buffer, 0, count);
        }

        return output;
    }
}
