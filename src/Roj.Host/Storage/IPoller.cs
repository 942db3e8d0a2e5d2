using System.Net.Sockets;

namespace Roj.Host.Storage;

/// <summary>Says which of many sockets have something to do. One thread's, but for <see cref="Wake"/>.</summary>
internal interface IPoller : IDisposable
{
    /// <summary>Looks after a socket from now on, whether it can be read from.</summary>
    /// <param name="socket">One that doesn't block.</param>
    /// <param name="whose">What <see cref="Wait"/> says of it.</param>
    void Add(Socket socket, IPolled whose);

    /// <summary>What is waited for with a socket from now on.</summary>
    void Change(Socket socket, IPolled whose, bool reads, bool writes);

    /// <summary>Looks after it no more; before it is closed.</summary>
    void Remove(Socket socket);

    /// <summary>Waits until something has to be done, and tells whose sockets can be read from or written to.</summary>
    /// <param name="milliseconds">How long at most; -1 for ever.</param>
    void Wait(int milliseconds);

    /// <summary>Ends a waiting, the next one if none is under way. From any thread.</summary>
    void Wake();
}
