using Microsoft.Win32.SafeHandles;
using Roj.Host.Daemon;
using Roj.Token.Wire;

namespace Roj.Cli.Turns;

/// <summary>One step of a user's work: a command that reads the state, and writes the next one.</summary>
/// <param name="node">Where the node is.</param>
/// <param name="command">What the shell is to run.</param>
/// <param name="limit">How long it may take.</param>
/// <param name="stateMax">Bytes of a state at most.</param>
internal sealed class StepCommand(Uri node, string command, TimeSpan limit, int stateMax = TokenFrame.DataMax)
{
    private const int Done = 10;

    // Who has left the group may hold the pipe.
    private static readonly TimeSpan RestPatience = TimeSpan.FromSeconds(1);

    private volatile TurnCommand? running;

    /// <summary>Ends the one that runs.</summary>
    public void Kill() => running?.Kill();

    /// <summary>Does a step.</summary>
    /// <exception cref="AskException">The command can't be started.</exception>
    public StepEnd Run(TokenTurn turn, byte[] state)
    {
        if (ProcessGroup.Pipe() is not { } into || ProcessGroup.Pipe() is not { } from)
            throw new AskException("not started", "the command can't be run: no pipe is to be had");
        TurnCommand child;
        using (into.Read)
        using (from.Write)
        {
            try
            {
                child = TurnCommand.Start(node, turn, ProcessPlan.Line(command), into.Read, from.Write);
            }
            catch (AskException)
            {
                into.Write.Dispose();
                from.Read.Dispose();
                throw;
            }
        }

        running = child;
        new Thread(() => Write(into.Write, state)) { IsBackground = true, Name = "state in" }.Start();
        byte[]? next = null;
        var isTooLong = false;
        var reader = new Thread(() =>
        {
            next = Read(from.Read);
            if (next is not null)
                return;
            isTooLong = true;
            child.Kill();
        })
        {
            IsBackground = true,
            Name = "state out",
        };
        reader.Start();
        var end = child.Wait(turn, limit);
        running = null;
        var isWhole = reader.Join(RestPatience);
        return child.WasLost ? new StepEnd(StepResult.Lost, [], turn.Why)
            : isWhole && isTooLong ? Failed($"wrote more than {stateMax} bytes")
            : child.WasLate ? Failed($"took longer than {limit.TotalSeconds:0.###} s, and was killed")
            : !isWhole ? Failed("left something behind that still holds its output")
            : end.ExitCode is 0 or Done ? new StepEnd(end.ExitCode == Done ? StepResult.Done : StepResult.Again, next!, "")
            : Failed(end.Words);
    }

    private static StepEnd Failed(string why) => new(StepResult.Failed, [], why);

    private static void Write(SafeFileHandle pipe, byte[] state)
    {
        try
        {
            using var stream = new FileStream(pipe, FileAccess.Write, 0);
            stream.Write(state);
        }
        catch (IOException)
        {
            // It did not want all of it.
        }
    }

    // Null if it is too long.
    private byte[]? Read(SafeFileHandle pipe)
    {
        using var stream = new FileStream(pipe, FileAccess.Read, 0);
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (all.Length + read > stateMax)
                return null;
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }
}
