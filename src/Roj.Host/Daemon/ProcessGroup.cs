using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Roj.Host.Daemon;

/// <summary>A user's command, and all that it starts, as one thing that can be ended: a process group of its own, which the
/// runtime's <see cref="System.Diagnostics.Process"/> can't make. On Linux.</summary>
/// <remarks>
/// <para>Its first process is not taken from the system's list (waitid(2), WNOWAIT) before the others are dead: until then the group's
/// number is nobody else's, and a signal meets nobody else.</para>
/// <para>Nothing of it outlives this process, though that be killed: a shell in the group waits for the end of a pipe that only this
/// process holds, and then kills the group.</para>
/// </remarks>
internal sealed partial class ProcessGroup : IDisposable
{
    private const int NoChild = 10; // ECHILD
    private const int Interrupted = 4; // EINTR
    private const int ByPid = 1; // P_PID
    private const int Exited = 4; // WEXITED
    private const int AtOnce = 1; // WNOHANG
    private const int LeaveIt = 0x0100_0000; // WNOWAIT
    private const int SiginfoLength = 128;
    private const int OpaqueLength = 1024; // of posix_spawn's two structures: 336 and 80 in the C libraries of today

    // The user's command takes the shell's place: the first process is the user's own, and so is its exit code.
    private const string Script = "{ read -r _; kill -s KILL 0; } <&3 >/dev/null 2>&1 & exec \"$@\" 3<&-";

    // What the runtime has changed of signals' meaning, and what a stop is told by: they mean to a command what they always mean.
    private static readonly int[] usualSignals = [1, 2, 3, 13, 14, 15, 17]; // HUP, INT, QUIT, PIPE, ALRM, TERM, CHLD

    private readonly int pid;
    private readonly SafeFileHandle guard;
    private readonly TaskCompletionSource<ProcessEnd> over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isDisposed;

    private ProcessGroup(int pid, SafeFileHandle guard)
    {
        (this.pid, this.guard) = (pid, guard);
        new Thread(Wait, 256 * 1024) { IsBackground = true, Name = "hook" }.Start();
    }

    /// <summary>Asks to end (SIGTERM).</summary>
    public static int Terminate => 15;

    /// <summary>Ends, whatever a process thinks of it (SIGKILL).</summary>
    public static int Kill => 9;

    /// <summary>Lets what was stopped go on, so that it hears that it is to end (SIGCONT).</summary>
    public static int Continue => 18;

    /// <summary>How the command ended, as soon as it has; others of the group may still live.</summary>
    public Task<ProcessEnd> Over => over.Task;

    /// <summary>The end of a pipe that the system closes when this process is gone.</summary>
    internal SafeFileHandle Guard => guard;

    /// <summary>Starts a command.</summary>
    /// <param name="plan">Which, and with what.</param>
    /// <param name="group">It; null if it could not be started.</param>
    /// <param name="fault">Why it could not; null if it could.</param>
    public static bool TryStart(
        ProcessPlan plan, [NotNullWhen(true)] out ProcessGroup? group, [NotNullWhen(false)] out string? fault)
    {
        (group, fault) = (null, null);
        if (!OperatingSystem.IsLinux())
        {
            fault = "commands can be run on Linux only";
            return false;
        }

        if (Pipe() is not { } pipe)
        {
            fault = Reason(Marshal.GetLastPInvokeError());
            return false;
        }

        var error = Spawn(plan, (int)pipe.Read.DangerousGetHandle(), out var pid);
        GC.KeepAlive(plan);
        pipe.Read.Dispose();
        if (error != 0)
        {
            pipe.Write.Dispose();
            fault = Reason(error);
            return false;
        }

        group = new ProcessGroup(pid, pipe.Write);
        return true;
    }

    /// <summary>A pipe that no child has unless it is given to it; null if there is none to be had.</summary>
    public static (SafeFileHandle Read, SafeFileHandle Write)? Pipe()
    {
        const int CloseOnExec = 0x80000; // O_CLOEXEC
        Span<int> ends = stackalloc int[2];
        return OperatingSystem.IsLinux() && MakePipe(ends, CloseOnExec) == 0
            ? (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true))
            : null;
    }

    /// <summary>Whether something can be read from a pipe at once.</summary>
    public static bool HasMore(SafeFileHandle pipe)
    {
        const short Readable = 1; // POLLIN
        var asked = new Asked { Descriptor = (int)pipe.DangerousGetHandle(), Events = Readable };
        var answer = Poll(ref asked, 1, 0);
        GC.KeepAlive(pipe);
        return answer > 0 && (asked.Answer & Readable) != 0;
    }

    /// <summary>Sends a signal to all of it. Not after <see cref="Dispose"/>.</summary>
    public void Signal(int signal)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        _ = SendSignal(-pid, signal); // that there is nobody any more is no fault
    }

    /// <summary>Whether anything of it lives: dead ones that nobody has taken from the list don't.</summary>
    public bool IsAlive()
    {
        if (!over.Task.IsCompleted)
            return true;
        try
        {
            return Directory.EnumerateDirectories("/proc").Any(IsLivingMember);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // without a list nobody can be asked after; all were killed
        }
    }

    /// <summary>Gives the group's number back. To be called when nothing of it lives any more.</summary>
    public void Dispose()
    {
        if (isDisposed)
            return;
        Signal(Kill); // for who was not seen
        isDisposed = true;
        _ = WaitFor(ByPid, pid, stackalloc byte[SiginfoLength], Exited | AtOnce);
        guard.Dispose();
    }

    private static int Spawn(ProcessPlan plan, int guard, out int pid)
    {
        const short Flags = 0x02 | 0x04 | 0x08; // POSIX_SPAWN_SETPGROUP (a new one), _SETSIGDEF, _SETSIGMASK
        Span<byte> actions = stackalloc byte[OpaqueLength];
        Span<byte> attributes = stackalloc byte[OpaqueLength];
        Span<byte> signals = stackalloc byte[SiginfoLength];
        InitActions(actions);
        InitAttributes(attributes);
        try
        {
            if (plan.Input is { } input)
                AddDuplicate(actions, (int)input.DangerousGetHandle(), 0);
            else
                AddOpen(actions, 0, "/dev/null", 0, 0);
            AddDuplicate(actions, (int)plan.Output.DangerousGetHandle(), 1);
            AddDuplicate(actions, (int)plan.Error.DangerousGetHandle(), 2);
            AddDuplicate(actions, guard, 3);
            SetFlags(attributes, Flags);
            NoSignals(signals);
            SetMask(attributes, signals);
            foreach (var signal in usualSignals)
                AddSignal(signals, signal);
            SetDefaults(attributes, signals);
            string?[] environment = [.. plan.Variables.Select(each => $"{each.Key}={each.Value}"), null];
            return SpawnProcess(out pid, plan.Shell, actions, attributes, ["sh", "-c", Script, "sh", .. plan.Command, null], environment);
        }
        finally
        {
            DestroyAttributes(attributes);
            DestroyActions(actions);
        }
    }

    private static string Reason(int error) => Marshal.GetPInvokeErrorMessage(error);

    private void Wait()
    {
        Span<byte> info = stackalloc byte[SiginfoLength];
        int error;
        do
            error = WaitFor(ByPid, pid, info, Exited | LeaveIt) == 0 ? 0 : Marshal.GetLastPInvokeError();
        while (error == Interrupted);

        // Where this process was told not to hear of its children there is nothing to learn about them.
        over.SetResult(error == 0 ? HowItEnded(info) : new ProcessEnd(null, null, error == NoChild ? "ended" : Reason(error)));
    }

    private static ProcessEnd HowItEnded(ReadOnlySpan<byte> info)
    {
        const int ByItself = 1; // CLD_EXITED
        var code = MemoryMarshal.Read<int>(info[8..]);
        // Three numbers, in eight-byte steps on 64 bits: then pid, user and status.
        var status = MemoryMarshal.Read<int>(info[((Environment.Is64BitProcess ? 16 : 12) + 8)..]);
        return code == ByItself
            ? new ProcessEnd(status, null, string.Create(CultureInfo.InvariantCulture, $"ended with exit code {status}"))
            : new ProcessEnd(null, status, string.Create(CultureInfo.InvariantCulture, $"was ended by signal {status}"));
    }

    /// <summary>proc_pid_stat(5): the number, the name in parentheses, which may hold anything, the state, the parent, the group.</summary>
    private bool IsLivingMember(string directory)
    {
        if (!char.IsAsciiDigit(Path.GetFileName(directory.AsSpan())[0]))
            return false;
        try
        {
            var text = File.ReadAllText(Path.Combine(directory, "stat"));
            var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', 5); // begins with a space
            return fields is [_, not ("Z" or "X"), _, var group, _]
                && int.TryParse(group, CultureInfo.InvariantCulture, out var number) && number == pid;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has just gone
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SpawnProcess(
        out int pid, string path, Span<byte> actions, Span<byte> attributes, string?[] arguments, string?[] environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitActions(Span<byte> actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(Span<byte> actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(Span<byte> actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(Span<byte> actions, int descriptor, int duplicate);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitAttributes(Span<byte> attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(Span<byte> attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(Span<byte> attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(Span<byte> attributes, Span<byte> signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaults(Span<byte> attributes, Span<byte> signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    private static partial int NoSignals(Span<byte> signals);

    [LibraryImport("libc", EntryPoint = "sigaddset")]
    private static partial int AddSignal(Span<byte> signals, int signal);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int MakePipe(Span<int> ends, int flags);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int group, int signal);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitFor(int kind, int pid, Span<byte> info, int options);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref Asked asked, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct Asked
    {
        public int Descriptor;
        public short Events;
        public short Answer;
    }
}
