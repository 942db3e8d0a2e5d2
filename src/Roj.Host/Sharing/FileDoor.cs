using System.Net.Sockets;
using Roj.Files.Wire;
using Roj.Host.Net;
using Roj.Kernel;

namespace Roj.Host.Sharing;

/// <summary>The one port of all files of a node: a caller's first 48 bytes name the file that it comes for (BEP 3), or it speaks HTTP and
/// asks a tracker.</summary>
/// <remarks>On the loop. Nobody who has not said yet what it wants takes a place of a file's: there are <see cref="CallersMax"/> places
/// for those, 5 s each (<see cref="Callers"/>). Who comes when all sockets are taken waits in the backlog.</remarks>
/// <param name="listener">Listens already.</param>
/// <param name="budget">Says whether there is room for one more.</param>
/// <param name="shelf">Where the files are.</param>
/// <param name="entry">Who may come in.</param>
internal sealed class FileDoor(Socket listener, SocketBudget budget, FileShelf shelf, SwarmEntry entry) : IDisposable
{
    /// <summary>Callers at one time that have not said yet what they want.</summary>
    public const int CallersMax = 16;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Callers callers = new(() => 0, CallersMax);

    /// <summary>Takes in who calls, until this is closed.</summary>
    public async Task AcceptAsync()
    {
        while (true)
        {
            await callers.PlaceAsync(() => listener.Poll(0, SelectMode.SelectRead));
            while (!budget.HasRoom)
                await Task.Delay(Pause);
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync();
            }
            catch (SocketException e) when (e.SocketErrorCode is not SocketError.OperationAborted)
            {
                await Task.Delay(Pause); // the caller is gone already, or there is no descriptor to be had
                continue;
            }

            if (socket.RemoteEndPoint is System.Net.IPEndPoint remote && shelf.Admits(remote.ToRoj()))
                FileShelf.Watch(MeetAsync(socket, remote.ToRoj()));
            else
                socket.Dispose();
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        callers.Dispose();
    }

    private async Task MeetAsync(Socket socket, Endpoint remote)
    {
        if (await callers.PeerAsync(socket, remote, entry, request => shelf.AskedAsTracker(remote, request)) is not { } channel)
            return;
        if (await callers.HandshakeAsync(channel) is { } begun && Handshake.TryReadInfoHash(begun, out var file) == ReadStatus.Done)
            shelf.Take(file, channel, remote, begun);
        else
            channel.Dispose();
    }
}
