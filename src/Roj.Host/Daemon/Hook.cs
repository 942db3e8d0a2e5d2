using System.Collections;
using Roj.Host.Agreement;
using Roj.Kernel;

namespace Roj.Host.Daemon;

/// <summary>A user's command that runs while something holds: <c>/bin/sh -c COMMAND</c>, in a process group of its own.</summary>
/// <remarks>
/// <para>What holds no more is ended: all of the group is asked (SIGTERM), and killed when its time is over (SIGKILL); before all of it is
/// dead <see cref="EndAsync(TimeSpan?)"/> does not complete. Nothing of it outlives the node, not even one that is killed.</para>
/// <para>A command that ends by itself is not started again, and what it left in its group is ended too. One that can't be started is a
/// warning. What it writes goes to the node's log. Its environment is the node's, without what says a key.</para>
/// <para>To be used on one <see cref="SynchronizationContext"/> only, such as an <see cref="EventLoop"/>.</para>
/// </remarks>
/// <param name="option">What it is called, such as <c>--on-leader</c>.</param>
/// <param name="command">What the shell is to run.</param>
/// <param name="log">Told what happens, for people.</param>
internal sealed class Hook(string option, string command, Action<LogLevel, string> log)
{
    /// <summary>How long a command that is asked to end has for it, unless whoever asks says otherwise.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PatienceMax = TimeSpan.FromHours(1);

    // How often is looked for what lives of a group that is to end; a process says only to its parent that it is dead.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    // A process that a signal of ours does not kill is in the kernel's hands, or another user's: somebody should know.
    private static readonly TimeSpan OddAfter = TimeSpan.FromSeconds(5);

    private Run? running;
    private int wishes; // how often it was said what is wanted: only the last counts

    /// <summary>Whether the command, or anything that it left, lives.</summary>
    public bool IsRunning => running is not null;

    /// <summary>What to run instead of <c>/bin/sh</c>.</summary>
    internal string Shell { get; init; } = "/bin/sh";

    /// <summary>Starts the command; if it runs, that is ended first. Completes when it has been started, or will not be, because it can't
    /// or because something else was asked for meanwhile.</summary>
    /// <param name="variables">What its environment says besides: <c>ROJ_TERM</c> and its like.</param>
    public async Task StartAsync(IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        var wish = ++wishes;
        while (running is { } before)
            await EndAsync(before, Patience);
        if (wish == wishes)
            Start(variables);
    }

    /// <summary>Ends the command, and completes when all of its group is dead; at once if there is none.</summary>
    /// <param name="patience">How long it has, for example to the end of a lease; <see cref="Patience"/> if that is not said. Of several
    /// who ask the most impatient is heeded.</param>
    public Task EndAsync(TimeSpan? patience = null)
    {
        wishes++;
        return running is { } run ? EndAsync(run, patience ?? Patience) : Task.CompletedTask;
    }

    /// <summary>The environment of a command: the node's, without what says a key, and with what is said besides.</summary>
    internal static SortedDictionary<string, string> EnvironmentOf(
        IDictionary inherited, IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry each in inherited)
        {
            var name = (string)each.Key;
            // Keys, and tokens, which are as good to who asks the API; and where they are.
            if (!name.StartsWith("ROJ_KEY", StringComparison.Ordinal) && !name.StartsWith("ROJ_TOKEN", StringComparison.Ordinal))
                all[name] = (string?)each.Value ?? "";
        }

        foreach (var (name, value) in variables)
            all[name] = value;
        return all;
    }

    private static Task EndAsync(Run run, TimeSpan patience)
    {
        var until = BootClock.Now + (patience < PatienceMax ? patience : PatienceMax);
        if (until < run.Until)
            run.Until = until;
        run.IsWanted.TrySetResult();
        return run.Gone.Task;
    }

    private void Start(IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        if (CommandOutput.Open(line => log(LogLevel.Info, $"{option}: {line}")) is not { } output)
        {
            log(LogLevel.Warning, $"{option} can't be run: no pipe is to be had");
            return;
        }

        var environment = EnvironmentOf(Environment.GetEnvironmentVariables(), variables);
        var plan = new ProcessPlan(ProcessPlan.Line(command), environment, output.Theirs, output.Theirs) { Shell = Shell };
        if (!ProcessGroup.TryStart(plan, out var group, out var fault))
        {
            _ = output.CloseAsync();
            log(LogLevel.Warning, $"{option} can't be run: {fault}");
            return;
        }

        log(LogLevel.Info, $"{option} runs");
        running = new Run(group, output);
        _ = WatchAsync(running);
    }

    private async Task WatchAsync(Run run)
    {
        await Task.WhenAny(run.Group.Over, run.IsWanted.Task);
        var byItself = !run.IsWanted.Task.IsCompleted;
        if (byItself)
            _ = EndAsync(run, Patience); // what it left
        await EndAllAsync(run);
        run.Group.Dispose();
        await run.Output.CloseAsync();

        var how = await run.Group.Over;
        log(LogLevel.Info, byItself ? $"{option} {how}, by itself: it is not started again" : $"{option} is over: it {how}");
        running = null;
        run.Gone.SetResult();
    }

    private async Task EndAllAsync(Run run)
    {
        run.Group.Signal(ProcessGroup.Terminate);
        run.Group.Signal(ProcessGroup.Continue);
        var wasOdd = false;
        while (await Task.Run(run.Group.IsAlive))
        {
            var late = BootClock.Now - run.Until;
            if (late >= TimeSpan.Zero)
                run.Group.Signal(ProcessGroup.Kill);
            if (late >= OddAfter && !wasOdd)
            {
                log(LogLevel.Warning, $"{option} was killed and something of it lives: it is waited for");
                wasOdd = true;
            }

            await Task.Delay(LookEvery);
        }
    }

    /// <summary>One life of the command.</summary>
    private sealed class Run(ProcessGroup group, CommandOutput output)
    {
        public ProcessGroup Group => group;

        public CommandOutput Output => output;

        /// <summary>When it is killed.</summary>
        public Instant Until { get; set; } = new(long.MaxValue);

        /// <summary>That it is to end.</summary>
        public TaskCompletionSource IsWanted { get; } = new();

        /// <summary>That nothing of it lives.</summary>
        public TaskCompletionSource Gone { get; } = new();
    }
}
