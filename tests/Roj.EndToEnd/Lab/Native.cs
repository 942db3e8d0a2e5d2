using System.Runtime.InteropServices;

namespace Roj.EndToEnd;

/// <summary>The few system calls that .NET does not offer.</summary>
internal static class Native
{
    /// <summary>What Ctrl-C sends.</summary>
    public const int SigInt = 2;

    /// <summary>Ends a process that can't refuse.</summary>
    public const int SigKill = 9;

    /// <summary>Asks a process to end.</summary>
    public const int SigTerm = 15;

    /// <summary>Lets a stopped process go on.</summary>
    public const int SigCont = 18;

    /// <summary>Stops a process until <see cref="SigCont"/>.</summary>
    public const int SigStop = 19;

    /// <summary>Sends <paramref name="signal"/> to <paramref name="pid"/>; a process that is gone already is no error.</summary>
    public static void Signal(int pid, int signal) => _ = Kill(pid, signal);

    /// <summary>Ends this process at once: no finalizers, no handlers, nothing that could hang.</summary>
    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern void ExitNow(int code);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
