using Roj.Host.Daemon;

namespace Roj.Cli.Turns;

/// <summary><c>roj token exec</c>: a user's command, once, while it is this node's turn.</summary>
/// <param name="node">The node whose turn it is.</param>
/// <param name="name">Of which token.</param>
/// <param name="command">What, with its arguments.</param>
/// <param name="key">What it does, so that it is done no second time; null if it may be.</param>
internal sealed class TokenExec(TokenNode node, string name, IReadOnlyList<string> command, string? key)
{
    /// <summary>The exit code where the turn was over first: the command was killed, or what it did was not written down as done.</summary>
    public const int Lost = 125;

    private const int SignalBase = 128; // as shells have it

    // Who was asked to end has this long for it.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private volatile TurnCommand? running;

    /// <summary>Waits for a turn, and runs the command in it; gives back the exit code.</summary>
    /// <exception cref="AskException">The node can't be asked, or the command not be started.</exception>
    public int Run(CancellationToken stop)
    {
        using var stopped = stop.UnsafeRegister(_ => Stop(), null);
        try
        {
            if (IsDone())
                return ExitCode.Done;
            if (node.Next(name, stop) is not { } turn)
            {
                Tell("stopped while it waited: the command was not run");
                return ExitCode.Failed;
            }

            // Another may have done it meanwhile.
            var exit = IsDone() ? ExitCode.Done : Run(turn, stop);
            node.Pass(turn);
            return exit;
        }
        finally
        {
            node.HangUp();
        }
    }

    private static void Tell(string what) => Console.Error.WriteLine($"roj: {Arguments.OneLine(what)}");

    private bool IsDone()
    {
        if (key is null || !node.IsDone(name, key))
            return false;
        Tell($"{key} is done already: the command is not run");
        return true;
    }

    private int Run(TokenTurn turn, CancellationToken stop)
    {
        // A group that is not the terminal's would be stopped when it reads from there.
        using var input = Console.IsInputRedirected ? TurnCommand.Standard(0) : null;
        using var output = TurnCommand.Standard(1);
        var child = TurnCommand.Start(node.Node, turn, command, input, output);
        running = child;
        if (stop.IsCancellationRequested)
            Stop(); // who stopped it a moment ago saw no command yet
        var end = child.Wait(turn, Timeout.InfiniteTimeSpan);
        running = null;
        if (child.WasLost)
        {
            Tell($"lost the token, and killed the command: {turn.Why}");
            return Lost;
        }

        return end.ExitCode == ExitCode.Done ? Committed(turn) : CodeOf(end);
    }

    private int Committed(TokenTurn turn)
    {
        try
        {
            if (key is null || node.Commit(turn, key) is not { } refused)
                return ExitCode.Done;
            Tell($"the command ended well, but {key} is not written down as done by it: {refused}");
            return Lost;
        }
        catch (AskException e)
        {
            Tell($"the command ended well, but nobody knows whether {key} is written down as done: {e.Message}");
            return ExitCode.Failed;
        }
    }

    private static int CodeOf(ProcessEnd end) =>
        end.ExitCode ?? (end.Signal is { } signal ? SignalBase + signal : ExitCode.Failed);

    private void Stop()
    {
        if (running is not { } child)
            return;
        child.Stop();
        _ = Task.Delay(StopPatience).ContinueWith(_ => child.Kill(), TaskScheduler.Default);
    }
}
