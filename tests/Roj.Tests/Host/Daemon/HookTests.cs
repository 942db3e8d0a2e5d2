using System.Collections;
using System.Diagnostics;
using System.Globalization;
using Roj.Election;
using Roj.Host;
using Roj.Host.Daemon;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Daemon;

/// <summary>Users' commands as real processes.</summary>
public sealed class HookTests
{
    private readonly List<string> log = []; // written to and read on the loop alone

    public HookTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "commands are run on Linux only");

    [Fact]
    public void It_runs_with_its_environment_until_it_is_ended() => OnLoop(async () =>
    {
        var hook = Hooked("echo \"up $ROJ_TERM, $HOME, $$\"; cat; exec sleep 1000"); // cat: there is nothing to be read
        await hook.StartAsync([new("ROJ_TERM", "7")]);
        await SaidAsync("up");
        Assert.True(hook.IsRunning);
        var said = Said("up").Split(", ");
        Assert.Equal(["--on-x: up 7", Environment.GetEnvironmentVariable("HOME") ?? ""], said[..2]);
        Assert.True(Lives(Number(said[2])));

        await hook.EndAsync();
        Assert.False(hook.IsRunning);
        Assert.False(Lives(Number(said[2])));
        Assert.Equal(["--on-x runs", Said("up"), "--on-x is over: it was ended by signal 15"], log);
        await hook.EndAsync(); // there is nothing to be ended
    });

    [Fact]
    public void Keys_and_tokens_are_not_handed_on()
    {
        var inherited = new Hashtable
        {
            ["PATH"] = "/bin",
            ["ROJ_KEY"] = "secret",
            ["ROJ_KEY_FILE"] = "/secret",
            ["ROJ_TOKEN"] = "secret",
            ["ROJ_TERM"] = "1",
        };
        Assert.Equal(
            [new("PATH", "/bin"), new("ROJ_COLOR", "green"), new KeyValuePair<string, string>("ROJ_TERM", "2")],
            Hook.EnvironmentOf(inherited, [new("ROJ_TERM", "2"), new("ROJ_COLOR", "green")]));
    }

    [Fact]
    public void Who_is_asked_to_end_may_tidy_up() => OnLoop(async () =>
    {
        var hook = Hooked("trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.01; done");
        await hook.StartAsync([]);
        await SaidAsync("up");

        await hook.EndAsync(Soon.Limit);
        Assert.Equal(["--on-x: bye", "--on-x is over: it ended with exit code 3"], log[^2..]);
    });

    [Fact]
    public void Who_does_not_heed_it_is_killed_in_time_with_all_its_children() => OnLoop(async () =>
    {
        var hook = Hooked(
            "trap '' TERM; sh -c 'echo child $$; while :; do sleep 1; done' & echo \"parent $$\"; while :; do sleep 1; done");
        await hook.StartAsync([]);
        await SaidAsync("child");
        await SaidAsync("parent");
        int[] members = [Number(Said("child").Split(' ')[^1]), Number(Said("parent").Split(' ')[^1])];
        Assert.All(members, member => Assert.True(Lives(member)));

        var begun = Stopwatch.GetTimestamp();
        var slow = hook.EndAsync(Soon.Limit + Soon.Limit);
        var fast = hook.EndAsync(TimeSpan.FromMilliseconds(200)); // the most impatient is heeded
        await Task.WhenAll(slow, fast);
        Assert.All(members, member => Assert.False(Lives(member)));
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.FromMilliseconds(200), Soon.Limit);
        Assert.Equal("--on-x is over: it was ended by signal 9", log[^1]);
    });

    [Fact]
    public void Who_is_stopped_ends_too() => OnLoop(async () =>
    {
        var hook = Hooked("trap 'exit 4' TERM; echo up; kill -STOP $$; exit 5");
        await hook.StartAsync([]);
        await SaidAsync("up");

        await hook.EndAsync(Soon.Limit);
        Assert.Equal("--on-x is over: it ended with exit code 4", log[^1]);
    });

    [Fact]
    public void What_ends_by_itself_is_told_with_its_exit_code_and_what_it_left_is_ended() => OnLoop(async () =>
    {
        var hook = Hooked("sleep 1000 & echo \"left $!\"; exit 7");
        await hook.StartAsync([]);
        await Soon.UntilAsync(() => !hook.IsRunning, "the end");

        Assert.Equal(["--on-x runs", Said("left"), "--on-x ended with exit code 7, by itself: it is not started again"], log);
        Assert.False(Lives(Number(Said("left").Split(' ')[^1])));
    });

    [Fact]
    public void A_command_that_is_none_is_told() => OnLoop(async () =>
    {
        var hook = Hooked("there-is-no-such-command");
        await hook.StartAsync([]);
        await Soon.UntilAsync(() => !hook.IsRunning, "the end");
        Assert.Equal("--on-x ended with exit code 127, by itself: it is not started again", log[^1]);
        Assert.Contains("not found", log[1], StringComparison.Ordinal);
    });

    [Fact]
    public void A_command_that_can_not_be_started_is_a_warning() => OnLoop(async () =>
    {
        var hook = new Hook("--on-x", "true", Log) { Shell = "/there/is/no/shell" };
        await hook.StartAsync([]);
        Assert.False(hook.IsRunning);
        Assert.Equal(["Warning --on-x can't be run: No such file or directory"], log);
        await hook.EndAsync();
    });

    [Fact]
    public void Megabytes_are_told_line_by_line_and_none_is_lost() => OnLoop(async () =>
    {
        var hook = Hooked("seq 1 300000; printf end"); // 2 MB, 30 pipes full, and a last line that is not ended
        await hook.StartAsync([]);
        await Soon.UntilAsync(() => !hook.IsRunning, "the end");
        Assert.Equal(
            [.. Enumerable.Range(1, 300000).Select(i => $"--on-x: {i}"), "--on-x: end"],
            log[1..^1]);
    });

    [Fact]
    public void A_line_without_an_end_is_told_in_pieces() => OnLoop(async () =>
    {
        var hook = Hooked("head -c 1000000 /dev/zero | tr '\\0' a; printf '\\033[2J\\r\\n'");
        await hook.StartAsync([]);
        await Soon.UntilAsync(() => !hook.IsRunning, "the end");
        var lines = log[1..^1].ConvertAll(line => line["--on-x: ".Length..]);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, CommandOutput.LineMax));
        Assert.Equal(new string('a', 1000000) + "?[2J", string.Concat(lines)); // and nothing that a terminal would do
    });

    [Fact]
    public void Who_left_the_group_is_not_waited_for() => OnLoop(async () =>
    {
        Assert.SkipUnless(File.Exists("/usr/bin/setsid"), "there is no setsid");
        var hook = Hooked("setsid sleep 15 & sleep 0.2; echo up; sleep 1000"); // it has the pipe still
        await hook.StartAsync([]);
        await SaidAsync("up");
        await hook.EndAsync().WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
        Assert.False(hook.IsRunning);
    });

    [Fact]
    public void Another_start_ends_the_one_before_first_and_the_last_one_counts() => OnLoop(async () =>
    {
        var hook = Hooked("trap 'echo \"down $ROJ_TERM\"; exit' TERM; echo \"up $ROJ_TERM\"; while :; do sleep 0.01; done");
        await hook.StartAsync([new("ROJ_TERM", "1")]);
        await SaidAsync("up 1");

        await Task.WhenAll(hook.StartAsync([new("ROJ_TERM", "2")]), hook.StartAsync([new("ROJ_TERM", "3")]));
        await SaidAsync("up 3");
        await hook.EndAsync();
        Assert.Equal(
            ["--on-x: up 1", "--on-x: down 1", "--on-x: up 3", "--on-x: down 3"],
            log.Where(line => line.Contains("up", StringComparison.Ordinal) || line.Contains("down", StringComparison.Ordinal)));

        var started = hook.StartAsync([new("ROJ_TERM", "4")]);
        var ended = hook.EndAsync();
        await Task.WhenAll(started, ended);
        Assert.False(hook.IsRunning);
    });

    [Fact]
    public void Nothing_of_it_outlives_the_node() => OnLoop(async () =>
    {
        var output = CommandOutput.Open(line => log.Add(line))!;
        var plan = new ProcessPlan(
            ProcessPlan.Line("sleep 1000 & echo \"child $!\"; sleep 1000"),
            Hook.EnvironmentOf(Environment.GetEnvironmentVariables(), []),
            output.Theirs,
            output.Theirs);
        Assert.True(ProcessGroup.TryStart(plan, out var group, out _));
        await SaidAsync("child");

        group.Guard.Dispose(); // as the system does when it is killed
        var end = await group.Over.WaitAsync(Soon.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(new ProcessEnd(null, 9, "was ended by signal 9"), end);
        await Soon.UntilAsync(() => !group.IsAlive(), "the end of the child");
        Assert.False(Lives(Number(Said("child").Split(' ')[^1])));
        group.Dispose();
        await output.CloseAsync();
    });

    [Fact]
    public void Roles_have_their_commands() => OnLoop(async () =>
    {
        const string Up = "echo \"$ROJ_TERM $ROJ_NODE $ROJ_CLUSTER $ROJ_COLOR\"; exec sleep 1000";
        var hooks = new RoleHooks("unset ROJ_COLOR; " + Up, Up, "http://10.0.0.1:7070", "c", Log);
        await hooks.LeadsAsync(new Term(5, new NodeId(1)));
        await SaidAsync("--on-leader: 5 http://10.0.0.1:7070 c");
        await hooks.ColouredAsync(Colour.Green, new Term(5, new NodeId(1)));
        await SaidAsync("--on-color: 5 http://10.0.0.1:7070 c green");
        await hooks.ColouredAsync(Colour.Green, new Term(6, new NodeId(1))); // the same
        await hooks.ColouredAsync(Colour.Red, new Term(7, new NodeId(2)));
        await SaidAsync("--on-color: 7 http://10.0.0.1:7070 c red");
        Assert.DoesNotContain(log, line => line.Contains(": 6", StringComparison.Ordinal));

        await hooks.LeadsNoMoreAsync(TimeSpan.FromSeconds(1));
        Assert.Contains(log, line => line.StartsWith("--on-leader is over", StringComparison.Ordinal));
        await hooks.EndAsync();
        Assert.Equal(2, log.Count(line => line.StartsWith("--on-color is over", StringComparison.Ordinal)));
        await new RoleHooks(null, null, "", "", Log).EndAsync();
    });

    private static void OnLoop(Func<Task> test)
    {
        var loop = new EventLoop();
        loop.Run(test);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static bool Lives(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Hook Hooked(string command) => new("--on-x", command, Log);

    private void Log(LogLevel level, string what) => log.Add(level == LogLevel.Info ? what : $"{level} {what}");

    private string Said(string what) => log.First(line => line.Contains(what, StringComparison.Ordinal));

    private Task SaidAsync(string what) => Soon.UntilAsync(() => log.Exists(line => line.Contains(what, StringComparison.Ordinal)), what);
}
