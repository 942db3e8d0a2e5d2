using System.Diagnostics;
using System.Globalization;
using System.Text;
using Roj.Tests.Host;
using Roj.Token.Work;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary><c>roj token run</c> and what tells of tokens, at a node that says what the test wants.</summary>
public sealed class TokenRunTests : IDisposable
{
    // It is over only when what it leaves behind is in a session of its own: else that is killed with it.
    private const string LeavesBehind =
        "f=$(mktemp -u); setsid sh -c \"touch $f; exec sleep 20\" & until [ -e $f ]; do sleep 0.01; done; rm $f; exit 0";

    private readonly FakeTokens node = new();
    private readonly List<Process> processes = [];

    public TokenRunTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "commands are run on Linux only");

    public void Dispose()
    {
        foreach (var process in processes)
        {
            process.Kill();
            process.Dispose();
        }

        node.Dispose();
    }

    [Fact]
    public async Task Each_turn_does_a_step_until_one_says_that_it_is_done()
    {
        // Adds its turn to the state; done after three.
        var run = Run("before=$(cat); echo \"$before$ROJ_SEQUENCE:$ROJ_PROGRESS \"; [ $ROJ_SEQUENCE -lt 9 ] || exit 10");
        node.AwaitHold();
        foreach (var (sequence, progress) in ((ulong, ulong)[])[(3, 0), (6, 4), (9, 5)])
        {
            var steps = node.Brought.Count;
            node.Hold(sequence, progress: progress);
            await Soon.UntilAsync(() => node.WasAsked(Query("POST pass", sequence)), "the step is done");
            Assert.True(node.WasAsked(Query("POST result", sequence) + $"&progress={progress + 1}"));
            Assert.Equal(steps + 1, node.Brought.Count);
            node.Data = node.Brought.Last();
            node.Say("""{"event":"waiting"}""");
        }

        Assert.Equal("3:0 6:4 9:5 \n", Encoding.ASCII.GetString(node.Data));
        Assert.Equal((0, "roj: the work is done, after 6 steps\n"), await EndAsync(run));
    }

    [Fact]
    public async Task Five_failures_in_a_row_are_the_end_and_leave_the_state_alone()
    {
        var run = Run("echo no; exit 3");
        node.AwaitHold();
        for (var sequence = 1UL; sequence <= 5; sequence++)
        {
            node.Hold(sequence);
            await Soon.UntilAsync(() => node.WasAsked(Query("POST pass", sequence)), "the turn is passed on");
            if (sequence < 5)
                node.Say("""{"event":"waiting"}""");
        }

        var (exit, error) = await EndAsync(run);
        Assert.Equal(1, exit);
        Assert.Equal(
            string.Concat(Enumerable.Repeat("roj: the step ended with exit code 3; the state is as it was\n", 5))
                + "roj: 5 steps in a row failed\n",
            error);
        Assert.Empty(node.Brought);
    }

    [Theory]
    [InlineData("sleep 1000 & sleep 1000", "took longer than 1 s, and was killed")]
    [InlineData("head -c 67108865 /dev/zero; sleep 1000", "wrote more than 67108864 bytes")]
    [InlineData(LeavesBehind, "left something behind that still holds its output")]
    [InlineData("kill -9 $$", "was ended by signal 9")]
    public async Task A_step_that_hangs_or_floods_has_failed(string step, string why)
    {
        var run = Run(step, "--step-timeout", why.StartsWith("took", StringComparison.Ordinal) ? "1s" : "30s");
        node.AwaitHold();
        node.Hold(1);
        await Soon.UntilAsync(() => node.WasAsked("POST pass?name=x&epoch=1&sequence=1"), "the turn is passed on");
        run.Kill();
        Assert.Equal($"roj: the step {why}; the state is as it was\n", (await EndAsync(run)).Error);
        Assert.Empty(node.Brought);
    }

    [Fact]
    public async Task A_step_that_wants_none_of_the_state_and_writes_none_is_one()
    {
        node.Data = new byte[1_000_000];
        var run = Run("exit 10");
        node.AwaitHold();
        node.Hold(1);
        Assert.Equal(0, (await EndAsync(run)).Exit);
        Assert.Empty(Assert.Single(node.Brought));
    }

    [Fact]
    public async Task Megabytes_come_and_go_as_they_are()
    {
        node.Data = new byte[5_000_000];
        new Random(1).NextBytes(node.Data);
        var run = Run("cat; exit 10");
        node.AwaitHold();
        node.Hold(1);
        Assert.Equal(0, (await EndAsync(run)).Exit);
        Assert.Equal(node.Data, Assert.Single(node.Brought));
    }

    [Fact]
    public async Task What_comes_too_late_is_told_and_the_next_turn_waited_for()
    {
        node.Answers["POST result?name=x&epoch=1&sequence=1&progress=1"] = (409, "the turn is over");
        var run = Run("exit 10");
        node.AwaitHold();
        node.Hold(1);
        await Soon.UntilAsync(() => node.Brought.Count == 1, "it is brought");
        node.Say("""{"event":"lost","message":"another was stronger"}""");
        node.Hold(5);
        Assert.Equal(
            (0, "roj: the step counts no more: the turn is over\nroj: the work is done, after 1 steps\n"), await EndAsync(run));
    }

    [Fact]
    public async Task A_turn_that_is_lost_ends_the_step_and_is_no_failure_of_it()
    {
        var run = Run("[ $ROJ_SEQUENCE -gt 5 ] && exit 10; echo up >&2; exec sleep 1000");
        node.AwaitHold();
        for (var sequence = 1UL; sequence <= 6; sequence++)
        {
            node.Hold(sequence);
            if (sequence > 5)
                break;
            var line = await run.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
            Assert.Equal("up", line);
            node.Say("""{"event":"lost","message":"why"}""");
            Assert.Equal(
                "roj: the turn was over before the step was: why; its next one is waited for",
                await run.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(0, (await EndAsync(run)).Exit);
    }

    [Fact]
    public async Task A_node_that_goes_and_comes_back_is_waited_for()
    {
        var run = Run("exit 10");
        node.AwaitHold();
        node.HangUp();
        node.AwaitHold();
        node.Hold(2);
        Assert.Equal(
            (0, "roj: the node hung up: its turn is waited for again\nroj: the work is done, after 1 steps\n"), await EndAsync(run));
    }

    [Fact]
    public async Task Who_is_told_to_end_has_not_done_the_work()
    {
        var run = Run("echo up >&2; exec sleep 1000");
        node.AwaitHold();
        node.Hold(1);
        Assert.Equal("up", await run.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
        Process.Start("/bin/kill", ["-15", run.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
        Assert.Equal((1, "roj: stopped before the work was done\n"), await EndAsync(run));
        Assert.True(node.IsHungUp);
        Assert.Empty(node.Brought);
    }

    [Fact]
    public async Task Tokens_are_told_in_a_table()
    {
        node.Answers["GET /api/v1/tokens"] = (200, """
            {"tokens":[{"name":"pi","mode":"quorum","state":"waiter","holder":"01","holderName":"n1","epoch":3,"sequence":17,
             "progress":420,"turns":6,"work":"pi","note":null}]}
            """);
        var run = await RojRun.OfAsync(node.Url, "token", "status");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.Equal(
            [
                "NAME", "MODE", "HERE", "HOLDER", "EPOCH", "SEQUENCE", "PROGRESS", "TURNS", "WORK", "NOTE",
                "pi", "quorum", "waiter", "n1", "3", "17", "420", "6", "pi",
            ],
            run.Output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        node.Answers["GET /api/v1/token?name=nobody"] = (404, "there is no token nobody");
        var none = await RojRun.OfAsync(node.Url, "token", "status", "nobody");
        Assert.Equal((1, "", "roj: refused: there is no token nobody\n"), (none.Exit, none.Output, none.Error));
        Assert.Equal(2, (await RojRun.OfAsync(node.Url, "token", "status", "No/Name")).Exit);
    }

    [Fact]
    public async Task Its_log_is_told_too()
    {
        node.Answers["GET log?name=pi"] = (200, """
            {"entries":[{"time":"2026-07-01T00:00:00Z","event":"held","holder":"01","holderName":null,"epoch":3,"sequence":17,
             "progress":420,"message":null}]}
            """);
        var run = await RojRun.OfAsync(node.Url, "token", "log");
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.Contains("2026-07-01T00:00:00Z  held   01      3      17        420", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_is_the_digits_of_pi_or_the_data()
    {
        node.Data = Pi.Step(default, 40, 5)!.Value.Data;
        Assert.Equal("3.1415926535897932384626433832795028841971\n", (await RojRun.OfAsync(node.Url, "token", "result")).Output);
        node.Data = "so far"u8.ToArray();
        Assert.Equal("so far", (await RojRun.OfAsync(node.Url, "token", "result", "jobs")).Output);
        Assert.True(node.WasAsked("GET data?name=jobs"));
    }

    private static string Query(string what, ulong sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{what}?name=x&epoch=1&sequence={sequence}");

    private Process Run(string step, params string[] more)
    {
        var process = RojRun.Start(node.Url, ["token", "run", "--token", "x", "--step", step, .. more]);
        processes.Add(process);
        return process;
    }

    private static async Task<(int Exit, string Error)> EndAsync(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(2 * Soon.Limit);
        return (process.ExitCode, await error);
    }
}
