using System.Diagnostics;
using System.Globalization;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary><c>roj token exec</c> at a node that says what the test wants: nothing lives longer than its turn.</summary>
public sealed class TokenExecTests : IDisposable
{
    private const int Asked = 15;
    private const int Stopped = 19;
    private const int GoesOn = 18;
    private const int Lost = 125;

    // Writes its time to a file, 100 times a second; its child does the same to another; neither ends when it is asked to.
    private const string Beating = """
        trap '' TERM
        beat() { while :; do date +%s%N >"$1.new"; mv "$1.new" "$1"; sleep 0.01; done; }
        beat "$0.child" &
        beat "$0"
        """;

    private readonly FakeTokens node = new();
    private readonly ScratchFolder folder = new();
    private readonly List<Process> processes = [];

    public TokenExecTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "commands are run on Linux only");

    public void Dispose()
    {
        foreach (var process in processes)
        {
            process.Kill();
            process.Dispose();
        }

        node.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_command_runs_when_its_turn_comes_and_its_exit_code_is_ours()
    {
        const string Tell = "echo \"$ROJ_FENCE $ROJ_TOKEN_NAME $ROJ_EPOCH $ROJ_SEQUENCE $ROJ_PROGRESS $1\"; exit 7";
        var run = Start("exec", "--token", "x", "--", "/bin/sh", "-c", Tell, "sh", "--output=x @y");
        node.AwaitHold();
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(run.HasExited);
        node.Hold(sequence: 12, progress: 5, epoch: 3);
        Assert.Equal((7, "token/x:3:12 x 3 12 5 --output=x @y\n", ""), await EndAsync(run));
        Assert.True(node.WasAsked("POST pass?name=x&epoch=3&sequence=12"));
        Assert.True(node.IsHungUp);
    }

    [Fact]
    public async Task It_lives_as_long_as_the_node_says_that_it_may_and_no_longer()
    {
        var run = Beat();
        node.AwaitHold();
        var said = DateTime.UtcNow;
        node.Hold(1, leftMilliseconds: 1_000);
        await Soon.UntilAsync(IsBeating, "it runs");
        for (var i = 0; i < 15; i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            said = DateTime.UtcNow;
            node.Keep(1_000);
        }

        Assert.Equal(Lost, (await EndAsync(run)).Exit);
        Dead(said.AddSeconds(1));
        Assert.True(LastBeat("beat") > said.AddMilliseconds(300), "it was ended far too early");
    }

    [Fact]
    public async Task Lost_is_the_end_of_it()
    {
        var run = Beat();
        node.AwaitHold();
        node.Hold(1);
        await Soon.UntilAsync(IsBeating, "it runs");
        node.Say("""{"event":"lost","message":"another was stronger"}""");
        var said = DateTime.UtcNow;
        Assert.Equal((Lost, "", "roj: lost the token, and killed the command: another was stronger\n"), await EndAsync(run));
        Dead(said.AddSeconds(1));
    }

    [Fact]
    public async Task So_is_a_node_that_hangs_up()
    {
        var run = Beat();
        node.AwaitHold();
        node.Hold(1);
        await Soon.UntilAsync(IsBeating, "it runs");
        node.HangUp();
        var said = DateTime.UtcNow;
        Assert.Equal((Lost, "", "roj: lost the token, and killed the command: the node hung up\n"), await EndAsync(run));
        Dead(said.AddSeconds(1));
    }

    [Fact]
    public async Task And_the_program_s_own_though_it_be_killed()
    {
        var run = Beat();
        node.AwaitHold();
        node.Hold(1);
        await Soon.UntilAsync(IsBeating, "it runs");
        run.Kill();
        var said = DateTime.UtcNow;
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Dead(said.AddSeconds(0.3));
    }

    [Fact]
    public async Task What_the_node_said_while_nobody_listened_grants_nothing()
    {
        var run = Beat();
        node.AwaitHold();
        node.Hold(1, leftMilliseconds: 1_000);
        await Soon.UntilAsync(IsBeating, "it runs");
        Signal(run, Stopped);
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            node.Keep(1_000);
        }

        Signal(run, GoesOn);
        var said = DateTime.UtcNow;
        Assert.Equal(Lost, (await EndAsync(run)).Exit);
        Dead(said.AddSeconds(0.5));
    }

    [Fact]
    public async Task Who_is_told_to_end_tells_the_command()
    {
        const string Trap = "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.01; done";
        var run = Start("exec", "--token", "x", "--", "/bin/sh", "-c", Trap);
        node.AwaitHold();
        node.Hold(1);
        await Soon.UntilAsync(() => run.StandardOutput.Peek() == 'u', "it runs");
        Signal(run, Asked);
        var (exit, output, _) = await EndAsync(run);
        Assert.Equal((3, "up\nbye\n"), (exit, output));
        Assert.True(node.WasAsked("POST pass?name=x&epoch=1&sequence=1"));
    }

    [Fact]
    public async Task Who_is_told_to_end_while_it_waits_leaves_the_queue()
    {
        var run = Start("exec", "--token", "x", "--", "/bin/echo", "no");
        node.AwaitHold();
        Signal(run, Asked);
        Assert.Equal((1, "", "roj: stopped while it waited: the command was not run\n"), await EndAsync(run));
        Assert.True(node.IsHungUp);
    }

    [Fact]
    public async Task What_is_done_once_is_written_down_under_the_fence()
    {
        Once(isDone: false);
        var run = Start("exec", "--token", "x", "--once", "a b", "--", "/bin/echo", "done");
        node.AwaitHold();
        node.Hold(4);
        Assert.Equal((0, "done\n", ""), await EndAsync(run));
        Assert.True(node.WasAsked("POST once?name=x&epoch=1&sequence=4&key=a%20b"));
    }

    [Fact]
    public async Task What_is_done_already_is_not_done_again()
    {
        Once(isDone: true);
        var run = await RojRun.OfAsync(node.Url, "token", "exec", "--token", "x", "--once", "a b", "--", "/bin/echo", "no");
        Assert.Equal((0, "", "roj: a b is done already: the command is not run\n"), (run.Exit, run.Output, run.Error));
        Assert.False(node.WasAsked("POST"));
    }

    [Fact]
    public async Task Nor_what_another_did_while_this_one_waited()
    {
        Once(isDone: false);
        var run = Start("exec", "--token", "x", "--once", "a b", "--", "/bin/echo", "no");
        node.AwaitHold();
        Once(isDone: true);
        node.Hold(4);
        Assert.Equal((0, "", "roj: a b is done already: the command is not run\n"), await EndAsync(run));
        Assert.True(node.WasAsked("POST pass"));
    }

    [Fact]
    public async Task Who_is_fenced_is_told_so()
    {
        Once(isDone: false);
        node.Answers["POST once?name=x&epoch=1&sequence=4&key=a%20b"] = (409, "the turn is over");
        var run = Start("exec", "--token", "x", "--once", "a b", "--", "/bin/true");
        node.AwaitHold();
        node.Hold(4);
        Assert.Equal(
            (Lost, "", "roj: the command ended well, but a b is not written down as done by it: the turn is over\n"), await EndAsync(run));
    }

    [Fact]
    public async Task A_command_that_failed_may_be_run_again()
    {
        Once(isDone: false);
        var run = Start("exec", "--token", "x", "--once", "a b", "--", "/bin/false");
        node.AwaitHold();
        node.Hold(4);
        Assert.Equal(1, (await EndAsync(run)).Exit);
        Assert.False(node.WasAsked("POST once"));
    }

    [Fact]
    public async Task Without_a_roster_nothing_is_done_once()
    {
        node.Answers["GET once?name=x&key=a%20b"] = (501, "there is no roster");
        var run = await RojRun.OfAsync(node.Url, "token", "exec", "--token", "x", "--once", "a b", "--", "/bin/echo", "no");
        Assert.Equal((1, "", "roj: refused: there is no roster\n"), (run.Exit, run.Output, run.Error));
    }

    [Fact]
    public async Task A_command_that_is_not_there_is_as_in_a_shell()
    {
        var run = Start("exec", "--token", "x", "--", "/no/such");
        node.AwaitHold();
        node.Hold(4);
        var end = await EndAsync(run);
        Assert.Equal(127, end.Exit);
        Assert.Contains("/no/such", end.Error, StringComparison.Ordinal);
        Assert.True(node.WasAsked("POST pass"));
    }

    [Fact]
    public async Task The_only_token_for_others_work_need_not_be_named()
    {
        node.Answers["GET /api/v1/tokens"] = (200, """{"tokens":[{"name":"pi","work":"pi"},{"name":"jobs","work":"attached"}]}""");
        var run = Start("exec", "--", "/bin/true");
        node.AwaitHold();
        Assert.True(node.WasAsked("POST hold?name=jobs"));
        node.Hold(4);
        Assert.Equal(0, (await EndAsync(run)).Exit);
    }

    private void Once(bool isDone) =>
        node.Answers["GET once?name=x&key=a%20b"] = (200, $$"""{"done":{{(isDone ? "true" : "false")}}}""");

    private Process Start(params string[] arguments)
    {
        var process = RojRun.Start(node.Url, ["token", .. arguments]);
        processes.Add(process);
        return process;
    }

    private Process Beat() => Start("exec", "--token", "x", "--", "/bin/sh", "-c", Beating, folder.At("beat"));

    private bool IsBeating() => File.Exists(folder.At("beat")) && File.Exists(folder.At("beat.child"));

    private DateTime LastBeat(string name) =>
        DateTime.UnixEpoch.AddTicks(long.Parse(File.ReadAllText(folder.At(name)), CultureInfo.InvariantCulture) / 100);

    // Neither it nor what it started has done anything after that.
    private void Dead(DateTime since)
    {
        Thread.Sleep(200);
        foreach (var name in (string[])["beat", "beat.child"])
        {
            var last = LastBeat(name);
            Assert.True(last < since, $"{name} lived {(last - since).TotalMilliseconds} ms too long");
            Assert.True(last < DateTime.UtcNow.AddMilliseconds(-150), $"{name} lives");
        }
    }

    private static void Signal(Process process, int signal) =>
        Process.Start("/bin/kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();

    private static async Task<(int Exit, string Output, string Error)> EndAsync(Process process)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Soon.Limit);
        return (process.ExitCode, await output, await error);
    }
}
