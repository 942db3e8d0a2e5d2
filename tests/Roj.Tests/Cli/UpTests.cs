using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Roj.Host.Security;
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
        await up.SignalAsync("INT");
        Assert.Equal(0, await up.ExitAsync());
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
    public async Task A_file_goes_from_the_first_node_to_all_others()
    {
        using var scratch = new ScratchFolder();
        var bytes = Shared.Random(1_500_000);
        var path = scratch.Put("film.mkv", bytes);
        using var up = new UpRun("--share", path);
        await up.SaysAsync("shared", "127.0.0.1");
        await up.SaysAsync("equal");
        Assert.Equal(0, await up.ExitAsync());
        Assert.True(up.IsClean);
        Assert.Equal(bytes, File.ReadAllBytes(path)); // it was read where it is
        Assert.Equal(["film.mkv"], scratch.Names());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_a_key_its_nodes_find_each_other_and_share_a_file_all_the_same(bool inFile)
    {
        using var scratch = new ScratchFolder();
        var key = ClusterKey.Create();
        KeyFile.Create(scratch.At("key"), key);
        var path = scratch.Put("film.mkv", Shared.Random(300_000));
        using var up = new UpRun(
            start => start.Environment[inFile ? "ROJ_KEY_FILE" : "ROJ_KEY"] = inFile ? scratch.At("key") : key.Reveal(),
            "--share", path);
        await up.SaysAsync("complete");
        using var http = new HttpClient();
        using var closed = await http.GetAsync($"{up.Url("127.0.0.1")}/api/v1/status", Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode); // they have it indeed
        await up.SaysAsync("equal");
        Assert.Equal(0, await up.ExitAsync());
        Assert.True(up.IsClean);
    }

    [Fact]
    public async Task Several_nodes_do_not_read_one_key_from_standard_input()
    {
        var plan = RojRun.Plan(null, "up", "2");
        plan.Environment["ROJ_KEY_FILE"] = "-";
        var run = await RojRun.OfAsync(plan);
        Assert.Equal((1, ""), (run.Exit, run.Output));
        Assert.Equal("roj: several nodes can't read one standard input: ROJ_KEY_FILE takes the path of a file here\n", run.Error);
    }

    [Fact]
    public async Task How_the_file_went_is_told_in_lines()
    {
        using var scratch = new ScratchFolder();
        var bytes = Shared.Random(100_000);
        var (port, httpPort) = UpRun.FreePorts();
        var path = scratch.Put("film.mkv", bytes);
        var run = await RojRun.OfAsync(null, "up", "2", "--share", path, "--port", port, "--http-port", httpPort);
        Assert.Equal((0, ""), (run.Exit, run.Error));
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        Assert.Matches($@"127\.0\.0\.1 shares it after [\d.]+ s, SHA-256 {digest}\n", run.Output);
        Assert.Matches($@"127\.0\.0\.2 has it after [\d.]+ s, SHA-256 {digest}\n", run.Output);
        Assert.Matches(@"all 2 are equal: 97\.7 KiB in [\d.]+ s", run.Output);
    }

    [Fact]
    public async Task What_can_not_be_shared_is_named_before_anything_begins()
    {
        using var scratch = new ScratchFolder();
        var run = await RojRun.OfAsync(null, "up", "2", "--share", scratch.Put("empty", []));
        Assert.Equal((true, ""), (run.Exit != 0, run.Output));
        Assert.Contains("it is empty", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_shows_a_table()
    {
        Assert.SkipUnless(File.Exists(Script), "no script(1) to make a terminal");
        var (port, httpPort) = UpRun.FreePorts();
        var plan = RojRun.Plan(null, "up", "3", "--port", port, "--http-port", httpPort);
        var words = plan.ArgumentList.Prepend(plan.FileName).Select(word => $"'{word}'");
        // In the shell's place: Ctrl-C reaches all of the terminal's processes, and some shells would end by it with a code of their own.
        var start = new ProcessStartInfo(Script, ["-qec", "stty cols 120 rows 40; exec " + string.Join(' ', words), "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["SHELL"] = "/bin/sh";
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
        foreach (var more in (string[][])[[], ["--share", "x"]])
        {
            var run = await RojRun.OfAsync(null, ["up", count, .. more]);
            Assert.Equal((2, ""), (run.Exit, run.Output));
            Assert.StartsWith("roj: ", run.Error, StringComparison.Ordinal);
            Assert.Contains($"from 1 to 64, not '{count}'", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task One_node_shares_with_nobody()
    {
        var run = await RojRun.OfAsync(null, "up", "1", "--share", "x");
        Assert.Equal((2, true), (run.Exit, run.Error.StartsWith("roj: roj up --share takes 2 nodes at least.", StringComparison.Ordinal)));
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
