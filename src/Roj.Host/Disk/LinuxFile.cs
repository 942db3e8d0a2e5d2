using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Roj.Host.Disk;

/// <summary>What Linux has and the runtime doesn't offer: without them everything works, at a higher price.</summary>
internal static partial class LinuxFile
{
    private const int SeekData = 3; // SEEK_DATA of lseek(2)
    private const int NoSuchDeviceOrAddress = 6; // ENXIO
    private const int TryAgain = 11; // EAGAIN
    private const int Interrupted = 4; // EINTR

    // Offsets are 64 bits wide there; elsewhere these names mean the calls with shorter ones.
    [SupportedOSPlatformGuard("linux")]
    private static bool IsThere => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Where the next byte stands, from <paramref name="offset"/> on, that is not in a hole; <paramref name="length"/> if none
    /// does; <paramref name="offset"/> where that can't be told.</summary>
    public static long NextData(SafeFileHandle file, long offset, long length)
    {
        if (!IsThere || offset >= length)
            return offset;
        var found = Seek(file, offset, SeekData);
        if (found >= 0)
            return found;
        return Marshal.GetLastPInvokeError() == NoSuchDeviceOrAddress ? length : offset;
    }

    /// <summary>Hands bytes of a file to a socket's kernel buffer without copying them through this process (sendfile(2)).</summary>
    /// <returns>How many it took: 0 if it is full, or the file ends there; null if it can't be done this way.</returns>
    public static long? Send(Socket socket, SafeFileHandle file, long offset, int count)
    {
        if (!IsThere)
            return null;
        var sent = SendFile(socket.SafeHandle, file, ref offset, (nuint)count);
        if (sent >= 0)
            return sent;
        return Marshal.GetLastPInvokeError() is TryAgain or Interrupted ? 0 : null;
    }

    /// <summary>Hands bytes to a socket's kernel buffer and tells it that more follow at once, so that they need not be sent in a frame of
    /// their own (MSG_MORE of send(2)).</summary>
    /// <returns>How many it took: 0 if it is full, or this can't be done here.</returns>
    public static int SendMore(Socket socket, ReadOnlySpan<byte> bytes)
    {
        const int MoreWithoutWaiting = 0x8000 | 0x40; // MSG_MORE | MSG_DONTWAIT
        return IsThere ? (int)Math.Max(0, Send(socket.SafeHandle, bytes, (nuint)bytes.Length, MoreWithoutWaiting)) : 0;
    }

    /// <summary>Makes what was created, renamed or removed in a directory last through a power cut (fsync(2) of the directory); nothing
    /// where that can't be done.</summary>
    /// <returns>Why it failed (errno); 0 if it did not.</returns>
    public static int SyncDirectory(string path)
    {
        const int ReadOnly = 0x80000; // O_RDONLY | O_CLOEXEC
        if (!IsThere)
            return 0;
        if (OpenFile(path, ReadOnly) is not (>= 0 and var directory))
            return Marshal.GetLastPInvokeError();
        using var handle = new SafeFileHandle(directory, ownsHandle: true);
        return Sync(handle) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Makes a file's bytes durable, and its length if that has changed: no more of it (fdatasync(2)).</summary>
    /// <returns>Why it failed (errno); 0 if it did not; null where there is no such call.</returns>
    public static int? SyncData(SafeFileHandle file)
    {
        if (!IsThere)
            return null;
        return SyncDataOf(file) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Reads the beginning of a file that somebody else has locked: the runtime asks for a lock of its own even to read.</summary>
    /// <returns>How many bytes; 0 where that can't be done.</returns>
    public static int ReadLocked(string path, Span<byte> bytes)
    {
        const int ReadOnly = 0x80000; // O_RDONLY | O_CLOEXEC
        if (!IsThere || OpenFile(path, ReadOnly) is not (>= 0 and var file))
            return 0;
        using var handle = new SafeFileHandle(file, ownsHandle: true);
        return RandomAccess.Read(handle, bytes, 0);
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncDataOf(SafeFileHandle file);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int whence);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeSocketHandle socket, ReadOnlySpan<byte> bytes, nuint count, int flags);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFile(SafeSocketHandle socket, SafeFileHandle file, ref long offset, nuint count);
}
