using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Roj.Host.Daemon;

/// <summary>What a command writes, line by line, told where it was begun (<see cref="SynchronizationContext"/>).</summary>
/// <remarks>Nothing is lost, and little is held: no more is read before what was read has been told, and whoever writes faster waits. So
/// nobody waits at a full pipe for ever either.</remarks>
internal sealed class CommandOutput
{
    /// <summary>Bytes of a line at most: a longer one is told as several.</summary>
    internal const int LineMax = 4096;

    private const int PipeBytes = 64 * 1024; // pipe(7)

    private readonly SafeFileHandle ours;
    private readonly Action<string> told;
    private readonly SynchronizationContext context;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] buffer = new byte[LineMax];
    private volatile bool isClosing;
    private int held; // bytes in the buffer that are no whole line yet

    private CommandOutput(SafeFileHandle ours, SafeFileHandle theirs, Action<string> told)
    {
        (this.ours, Theirs, this.told) = (ours, theirs, told);
        context = SynchronizationContext.Current ?? new SynchronizationContext();
        new Thread(Read, 256 * 1024) { IsBackground = true, Name = "hook output" }.Start();
    }

    /// <summary>What the command writes to.</summary>
    public SafeFileHandle Theirs { get; }

    /// <summary>Begins; null if there is no pipe to be had.</summary>
    public static CommandOutput? Open(Action<string> told) =>
        ProcessGroup.Pipe() is { } pipe ? new CommandOutput(pipe.Read, pipe.Write, told) : null;

    /// <summary>Ends when all that was written has been told. Who has left the group may still hold the pipe: it is not waited for, and
    /// what it writes from now on goes nowhere.</summary>
    public async Task CloseAsync()
    {
        isClosing = true;
        // The end of what was written till now, behind it in the pipe: whoever reads wakes, without anybody having to hang up.
        await Task.Run(WakeReader).ConfigureAwait(false);
        await ended.Task.ConfigureAwait(false);
    }

    private void WakeReader()
    {
        using var end = new FileStream(Theirs, FileAccess.Write, 0);
        try
        {
            end.WriteByte((byte)'\n');
        }
        catch (IOException)
        {
            // It has seen that this closes, and that nothing was left: it needs no waking, and the pipe has no reader.
        }
    }

    private void Read()
    {
        using var pipe = new FileStream(ours, FileAccess.Read, 0);
        using var taken = new SemaphoreSlim(0);
        var lines = new List<string>();
        var rest = PipeBytes; // of what was written before it was closed, no more can be in the pipe
        var isLast = false;
        while (!isLast)
        {
            var read = pipe.Read(buffer.AsSpan(held));
            held += read;
            rest -= isClosing ? read : 0;
            Cut(lines);
            isLast = isClosing && (rest <= 0 || !ProcessGroup.HasMore(ours));
            if (isLast)
                Say(lines, held);
            if (lines.Count == 0)
                continue;
            context.Post(
                _ =>
                {
                    lines.ForEach(told);
                    taken.Release();
                },
                null);
            taken.Wait();
            lines.Clear();
        }

        ended.SetResult();
    }

    private void Cut(List<string> lines)
    {
        while (buffer.AsSpan(0, held).IndexOf((byte)'\n') is >= 0 and var end)
        {
            Say(lines, end);
            Drop(end + 1);
        }

        if (held < LineMax)
            return;
        Say(lines, held);
        held = 0;
    }

    /// <summary>An empty line says nothing; what is no text, or would do something to a terminal, is shown as a question mark.</summary>
    private void Say(List<string> lines, int length)
    {
        var text = Encoding.UTF8.GetString(buffer.AsSpan(0, length)).TrimEnd('\r');
        if (text.Length > 0)
            lines.Add(string.Concat(text.Select(c => char.IsControl(c) && c != '\t' ? '?' : c)));
    }

    private void Drop(int count)
    {
        buffer.AsSpan(count, held - count).CopyTo(buffer);
        held -= count;
    }
}
