using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Roj.Host.Storage;

/// <summary>By epoll(7): costs nothing for sockets that are silent, and one call for all that are not.</summary>
/// <remarks>The runtime's own sockets complete on threads of the pool: with some hundred thousand requests a second, each with a handful of
/// instructions, what it costs to go from one thread to another is many times that.</remarks>
[SupportedOSPlatform("linux")]
internal sealed partial class EpollPoller : IPoller
{
    private const int EventsMax = 256;
    private const int Add1 = 1; // EPOLL_CTL_ADD, _DEL, _MOD
    private const int Delete = 2;
    private const int Modify = 3;
    private const uint In = 1; // EPOLLIN, EPOLLOUT; EPOLLERR and EPOLLHUP are told in any case
    private const uint Out = 4;
    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC, EFD_CLOEXEC
    private const int NonBlocking = 0x800; // EFD_NONBLOCK
    private const int Interrupted = 4; // EINTR

    private readonly byte[] events = new byte[EventsMax * EventBytes];
    private readonly int epoll;
    private readonly int bell;
    private bool isClosed;
    private IPolled?[] all = new IPolled?[64]; // by descriptors

    public EpollPoller()
    {
        epoll = Checked(EpollCreate(CloseOnExec));
        bell = Checked(EventFd(0, CloseOnExec | NonBlocking));
        Control(Add1, bell, In);
    }

    // On x86-64 the kernel's epoll_event is packed; elsewhere it is not.
    private static int EventBytes => RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 12 : 16;

    private static int DataOffset => EventBytes - sizeof(long);

    /// <inheritdoc/>
    public void Add(Socket socket, IPolled whose)
    {
        var fd = (int)socket.Handle;
        if (fd >= all.Length)
            Array.Resize(ref all, Math.Max(fd + 1, all.Length * 2));
        all[fd] = whose;
        Control(Add1, fd, In);
    }

    /// <inheritdoc/>
    public void Change(Socket socket, IPolled whose, bool reads, bool writes) =>
        Control(Modify, (int)socket.Handle, (reads ? In : 0) | (writes ? Out : 0));

    /// <inheritdoc/>
    public void Remove(Socket socket)
    {
        var fd = (int)socket.Handle;
        if (isClosed || fd >= all.Length || all[fd] is null)
            return;
        all[fd] = null;
        Control(Delete, fd, 0);
    }

    /// <inheritdoc/>
    public unsafe void Wait(int milliseconds)
    {
        int count;
        fixed (byte* first = events)
            count = EpollWait(epoll, first, EventsMax, milliseconds);
        if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        for (var i = 0; i < count; i++)
        {
            var one = events.AsSpan(i * EventBytes, EventBytes);
            var what = MemoryMarshal.Read<uint>(one);
            var fd = (int)MemoryMarshal.Read<long>(one[DataOffset..]);
            if (fd == bell)
                Hush();
            else if (all[fd] is { } whose) // else it was closed in this very round
                whose.Ready((what & ~Out) != 0, (what & Out) != 0);
        }
    }

    /// <inheritdoc/>
    public unsafe void Wake()
    {
        var one = 1L;
        _ = Write(bell, (byte*)&one, sizeof(long));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isClosed)
            return; // the numbers may be another's by now
        isClosed = true;
        _ = Close(epoll);
        _ = Close(bell);
    }

    private unsafe void Hush()
    {
        long sum;
        _ = Read(bell, (byte*)&sum, sizeof(long));
    }

    private unsafe void Control(int what, int fd, uint wanted)
    {
        var one = stackalloc byte[16];
        *(uint*)one = wanted;
        *(long*)(one + DataOffset) = fd;
        Checked(EpollControl(epoll, what, fd, one));
    }

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static unsafe partial int EpollControl(int epoll, int what, int fd, byte* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static unsafe partial int EpollWait(int epoll, byte* events, int max, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint first, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(int fd, byte* into, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint Write(int fd, byte* from, nuint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int fd);
}
