using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Roj.Kernel;

namespace Roj.Host.Agreement;

/// <summary>The clock of agreement: it goes on while the machine is suspended, so that a lease does not outlive a closed lid.</summary>
/// <remarks>CLOCK_BOOTTIME of clock_gettime(2). The runtime's clocks stand still meanwhile; they are taken where this one is not to be
/// had.</remarks>
internal static partial class BootClock
{
    private const int BootTime = 7; // CLOCK_BOOTTIME

    [SupportedOSPlatformGuard("linux")]
    private static bool IsThere => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>The time since the machine was started.</summary>
    public static Instant Now => IsThere && GetTime(BootTime, out var time) == 0
        ? new Instant((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick))
        : new Instant(Stopwatch.GetElapsedTime(0).Ticks);

    [SupportedOSPlatform("linux")]
    [SuppressGCTransition] // it takes as long as a few instructions: the kernel's page of it is read in this process
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
