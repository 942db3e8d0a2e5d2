using System.Globalization;

namespace Roj.Cli.Turns;

/// <summary><c>roj token run</c>: a user's work, a step each turn, until it is done.</summary>
/// <param name="node">The node whose turns they are.</param>
/// <param name="name">Of which token.</param>
/// <param name="step">A step.</param>
internal sealed class TokenRun(TokenNode node, string name, StepCommand step)
{
    private const int FailuresMax = 5;

    private int failures; // in a row

    /// <summary>Works until the work is done, has failed, or this is stopped; gives back the exit code.</summary>
    /// <exception cref="AskException">The node can't be asked.</exception>
    public int Run(CancellationToken stop)
    {
        using var stopped = stop.UnsafeRegister(_ => step.Kill(), null);
        try
        {
            while (!stop.IsCancellationRequested && node.Next(name, stop) is { } turn)
            {
                if (WorkOrGiveBack(turn, stop) is { } exit)
                    return exit;
            }

            Tell("stopped before the work was done");
            return ExitCode.Failed;
        }
        finally
        {
            node.HangUp();
        }
    }

    private static void Tell(string what) => Console.Error.WriteLine($"roj: {Arguments.OneLine(what)}");

    private int? WorkOrGiveBack(TokenTurn turn, CancellationToken stop)
    {
        try
        {
            return Work(turn, stop);
        }
        catch (AskException e) when (e.Status is null)
        {
            Tell($"{e.Message}: the turn is given back");
            node.HangUp();
            return null;
        }
    }

    private int? Work(TokenTurn turn, CancellationToken stop)
    {
        var end = step.Run(turn, turn.Held.Bytes > 0 ? node.Data(name) : []);
        if (stop.IsCancellationRequested || end.Result == StepResult.Lost)
        {
            if (end.Result == StepResult.Lost)
                Tell($"the turn was over before the step was: {end.Why}; its next one is waited for");
            node.EndedLost(turn);
            return null;
        }

        if (end.Result == StepResult.Failed)
            return Fail(turn, $"the step {end.Why}");
        if (node.Bring(turn, turn.Held.Progress + 1, end.State) is { } refused)
        {
            Tell($"the step counts no more: {refused}");
            turn.End(refused);
            return null;
        }

        failures = 0;
        node.Pass(turn);
        if (end.Result != StepResult.Done)
            return null;
        Tell(string.Create(CultureInfo.InvariantCulture, $"the work is done, after {turn.Held.Progress + 1} steps"));
        return ExitCode.Done;
    }

    private int? Fail(TokenTurn turn, string why)
    {
        Tell($"{why}; the state is as it was");
        node.Pass(turn);
        if (++failures < FailuresMax)
            return null;
        Tell($"{FailuresMax} steps in a row failed");
        return ExitCode.Failed;
    }
}
