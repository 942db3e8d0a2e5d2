using System.Diagnostics;
using System.Net.Sockets;
using Roj.Files;
using Roj.Files.Tracking;
using Roj.Files.Wire;
using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>Those who called and are no peers, or have not said yet what they are: none of them takes a peer's place.</summary>
/// <remarks>The kernel keeps back who has not said anything yet (<see cref="LinuxSocket.DeferAccept"/>). There are <see cref="PlacesMax"/>
/// places here, shared with the lobby (<see cref="SwarmSettings.LobbyMax"/>), so that all sockets of a node have a bound; who finds none
/// waits in the backlog. 5 s for the first byte and 5 s for the rest; while others wait, the one that came first has only a tenth of a
/// second: whoever means it has spoken before it came in.</remarks>
/// <param name="guests">How many are in the lobby.</param>
/// <param name="places">Places for callers and for guests.</param>
internal sealed class Callers(Func<int> guests, int places = Callers.PlacesMax) : IDisposable
{
    /// <summary>Places of one file, for callers and for the lobby's guests: one more than the lobby takes.</summary>
    public const int PlacesMax = 4;

    /// <summary>The same where each must shake hands first: that takes longer than a word.</summary>
    public const int SealedPlacesMax = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PatienceInACrowd = TimeSpan.FromMilliseconds(100);

    // A handshake is signatures on both sides, and two round trips.
    private static readonly TimeSpan HandshakePatienceInACrowd = TimeSpan.FromMilliseconds(300);

    // How often to look whether somebody waits for the place of one that is slow; who leaves is noticed at once.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly LinkedList<(Socket Socket, long Since, TimeSpan InACrowd)> waiting = [];
    private TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until there is a place for one more.</summary>
    /// <param name="isWaiting">Whether somebody waits for it.</param>
    public async Task PlaceAsync(Func<bool> isWaiting)
    {
        while (waiting.Count + guests() >= places)
        {
            var slow = waiting.FirstOrDefault(caller => Stopwatch.GetElapsedTime(caller.Since) >= caller.InACrowd).Socket;
            if (slow is not null && isWaiting())
                slow.Dispose();
            await Task.WhenAny(left.Task, Task.Delay(BetweenLooks));
        }
    }

    /// <summary>A caller or a guest has left.</summary>
    public void Left()
    {
        left.TrySetResult();
        left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What a caller will speak the peer protocol over; null if it does not, and is answered or hung up on already.</summary>
    /// <param name="socket">The caller's.</param>
    /// <param name="remote">Where it calls from.</param>
    /// <param name="entry">Who may come in.</param>
    /// <param name="answer">Answers HTTP: makes the whole response.</param>
    public async Task<Channel?> PeerAsync(Socket socket, Endpoint remote, SwarmEntry entry, Func<HttpRequestHead, byte[]> answer)
    {
        var kind = await KindAsync(socket);
        Channel? channel = null;
        if (kind is CallerKind.Sealed && entry.Tls is { } tls)
            channel = await SealedAsync(tls, socket, remote);
        else if (kind is CallerKind.Http && entry.AdmitsPlain(remote))
            await ServeAsync(socket, answer);
        else if (kind is CallerKind.Peer or CallerKind.Sealed && entry.AdmitsPlain(remote))
            channel = new PlainChannel(socket);
        if (channel is null)
            socket.Dispose();
        return channel;
    }

    /// <summary>Receives the beginning of a handshake, up to and with the name of the file that it is about.</summary>
    /// <returns>Its bytes; null if that is not what came, or did not come in time.</returns>
    public async Task<byte[]?> HandshakeAsync(Channel channel)
    {
        var bytes = new byte[Handshake.InfoHashEnd];
        var received = await HeldAsync(channel.Socket, async patience =>
        {
            var held = 0;
            while (held < bytes.Length && Handshake.TryReadInfoHash(bytes.AsSpan(0, held), out _) == ReadStatus.NeedMore)
            {
                var more = await channel.ReceiveAsync(bytes.AsMemory(held), patience);
                if (more == 0)
                    break;
                held += more;
            }

            return held;
        });
        return received == bytes.Length && Handshake.TryReadInfoHash(bytes, out _) == ReadStatus.Done ? bytes : null;
    }

    /// <summary>Hangs up on all.</summary>
    public void Dispose()
    {
        foreach (var caller in waiting.ToArray())
            caller.Socket.Dispose();
    }

    /// <summary>Waits for the first byte, which stays to be received.</summary>
    private async Task<CallerKind> KindAsync(Socket socket)
    {
        var first = new byte[1];
        var received = await HeldAsync(socket, patience => socket.ReceiveAsync(first, SocketFlags.Peek, patience));
        return received <= 0 ? CallerKind.Silent
            : HttpRequestHead.BeginsWith(first[0]) ? CallerKind.Http
            : first[0] == Tls.FirstByte ? CallerKind.Sealed
            : CallerKind.Peer;
    }

    private async Task<Channel?> SealedAsync(Tls tls, Socket socket, Endpoint remote)
    {
        SealedChannel? made = null;
        if (tls.TryBegin(remote.Address))
        {
            await HeldAsync(
                socket,
                async patience => (made = await tls.AnswerAsync(socket, patience)) is null ? -1 : 0,
                HandshakePatienceInACrowd);
        }

        return made;
    }

    /// <summary>Answers one request and hangs up.</summary>
    /// <param name="socket">The caller's.</param>
    /// <param name="answer">Makes the whole response.</param>
    private async Task ServeAsync(Socket socket, Func<HttpRequestHead, byte[]> answer)
    {
        await HeldAsync(socket, async patience =>
        {
            await socket.SendAsync(await RespondAsync(socket, answer, patience), patience);
            socket.Shutdown(SocketShutdown.Send);
            // To close on bytes that were not read would take back what was sent: until it hangs up, what it sends is thrown away.
            var rest = new byte[1024];
            while (await socket.ReceiveAsync(rest, patience) > 0)
                continue;
            return 0;
        });
        socket.Dispose();
    }

    private static async Task<byte[]> RespondAsync(Socket socket, Func<HttpRequestHead, byte[]> answer, CancellationToken patience)
    {
        var buffer = new byte[HttpRequestHead.BytesMax];
        for (var held = 0; ;)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(held), patience);
            held += received;
            var status = HttpRequestHead.TryRead(buffer.AsSpan(0, held), out var head, out var fault);
            if (status == ReadStatus.Done)
                return answer(head!);
            if (status == ReadStatus.Malformed || received == 0)
                return HttpAnswer.Write(fault == 0 ? 400 : fault, "This is no request that a tracker answers.\n"u8);
        }
    }

    /// <summary>What <paramref name="talk"/> gives back; -1 if it did not come to that.</summary>
    private async ValueTask<int> HeldAsync(Socket socket, Func<CancellationToken, ValueTask<int>> talk, TimeSpan? inACrowd = null)
    {
        var place = waiting.AddLast((socket, Stopwatch.GetTimestamp(), inACrowd ?? PatienceInACrowd));
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return await talk(patience.Token);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            return -1;
        }
        finally
        {
            waiting.Remove(place);
            Left();
        }
    }
}
