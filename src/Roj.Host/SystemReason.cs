using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Roj.Host;

/// <summary>Why the operating system refused, in its own few words: "Permission denied", "No space left on device".</summary>
/// <remarks>Without the path, which the runtime's messages repeat, with and without quotes: who tells the user says what was tried on
/// which file.</remarks>
public static class SystemReason
{
    /// <summary>The words for what the system, or the runtime on its behalf, has thrown.</summary>
    public static string Of(Exception refusal) => refusal switch
    {
        SocketException => refusal.Message,
        // The runtime wraps EACCES, EISDIR and the like, which differ for the user, in one sentence.
        UnauthorizedAccessException { InnerException: IOException told } => Of(told),
        FileNotFoundException or DirectoryNotFoundException => "No such file or directory",
        PathTooLongException => "File name too long",
        // On Unix the number is errno; the numbers that the runtime gives itself are negative.
        IOException { HResult: > 0 and var errno } when !OperatingSystem.IsWindows() => Marshal.GetPInvokeErrorMessage(errno),
        // A file longer than its file system can have (EFBIG).
        ArgumentOutOfRangeException => "File too large",
        _ => refusal.Message,
    };
}
