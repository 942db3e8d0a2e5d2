using System.Collections;
using Microsoft.Win32.SafeHandles;
using Roj.Host.Daemon;

namespace Roj.Cli.Turns;

/// <summary>A user's command that lives no longer than a turn, nor anything that it starts: it is killed when the turn is over, and with
/// this program, however that ends.</summary>
internal sealed class TurnCommand
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);

    // What a kill does not end is in the kernel's hands.
    private static readonly TimeSpan OddAfter = TimeSpan.FromSeconds(5);

    private readonly ProcessGroup group;
    private readonly Lock gate = new();
    private bool isOver;

    private TurnCommand(ProcessGroup group) => this.group = group;

    /// <summary>Whether the turn was over before the command was.</summary>
    public bool WasLost { get; private set; }

    /// <summary>Whether it took longer than it might.</summary>
    public bool WasLate { get; private set; }

    /// <summary>Starts one.</summary>
    /// <param name="node">Where the node is.</param>
    /// <param name="turn">For which turn.</param>
    /// <param name="command">What, with its arguments.</param>
    /// <param name="input">What it reads; null for nothing.</param>
    /// <param name="output">Where it writes.</param>
    /// <exception cref="AskException">It can't be started.</exception>
    public static TurnCommand Start(
        Uri node, TokenTurn turn, IReadOnlyList<string> command, SafeFileHandle? input, SafeFileHandle output)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry each in Environment.GetEnvironmentVariables())
            variables[(string)each.Key] = (string?)each.Value ?? "";
        foreach (var (name, value) in turn.Variables(node))
            variables[name] = value;
        using var error = Standard(2);
        var plan = new ProcessPlan(command, variables, output, error) { Input = input };
        return ProcessGroup.TryStart(plan, out var group, out var fault)
            ? new TurnCommand(group)
            : throw new AskException("not started", $"the command can't be run: {fault}");
    }

    /// <summary>Standard input, output or error, as it is.</summary>
    public static SafeFileHandle Standard(int descriptor) => new(descriptor, ownsHandle: false);

    /// <summary>Waits until it, and all that it has started, is dead.</summary>
    /// <param name="turn">Under which it may live.</param>
    /// <param name="limit">How long it may.</param>
    public ProcessEnd Wait(TokenTurn turn, TimeSpan limit)
    {
        turn.WhenOver(Lose);
        if (!group.Over.Wait(limit))
        {
            WasLate = true;
            Kill();
            group.Over.Wait();
        }

        // What it left, if it ended by itself.
        Kill();
        for (var end = DateTime.UtcNow + OddAfter; group.IsAlive() && DateTime.UtcNow < end;)
            Thread.Sleep(LookEvery);
        if (group.IsAlive())
            Console.Error.WriteLine("roj: something of the command was killed and lives");
        lock (gate)
            isOver = true;
        group.Dispose();
        return group.Over.Result;
    }

    /// <summary>Asks it to end.</summary>
    public void Stop() => Signal(ProcessGroup.Terminate, ProcessGroup.Continue);

    /// <summary>Ends it.</summary>
    public void Kill() => Signal(ProcessGroup.Kill);

    private void Lose()
    {
        WasLost = !group.Over.IsCompleted;
        Kill();
    }

    private void Signal(params ReadOnlySpan<int> signals)
    {
        lock (gate)
        {
            if (isOver)
                return;
            foreach (var signal in signals)
                group.Signal(signal);
        }
    }
}
