using System.Net.Sockets;
using Roj.Files.Tracking;
using Roj.Kernel;

namespace Roj.Host.Net;

/// <summary>Those who called and are no peers, or have not said yet what they are: none of them takes a peer's place.</summary>
/// <remarks>At most <see cref="CallersMax"/> at a time, 5 s for the first byte and 5 s for the rest; of more, the one that came first makes
/// room: who means it speaks at once.</remarks>
internal sealed class Callers : IDisposable
{
    /// <summary>Callers that may be waited for, or answered, at a time.</summary>
    public const int CallersMax = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly LinkedList<Socket> waiting = [];

    /// <summary>Waits for the first byte, which stays to be received.</summary>
    public async Task<CallerKind> KindAsync(Socket socket)
    {
        var first = new byte[1];
        var received = await HeldAsync(socket, patience => socket.ReceiveAsync(first, SocketFlags.Peek, patience));
        return received <= 0 ? CallerKind.Silent : HttpRequestHead.BeginsWith(first[0]) ? CallerKind.Http : CallerKind.Peer;
    }

    /// <summary>Answers one request and hangs up.</summary>
    /// <param name="socket">The caller's.</param>
    /// <param name="answer">Makes the whole response.</param>
    public async Task ServeAsync(Socket socket, Func<HttpRequestHead, byte[]> answer)
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

    /// <summary>Hangs up on all.</summary>
    public void Dispose()
    {
        foreach (var socket in waiting.ToArray())
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
    private async ValueTask<int> HeldAsync(Socket socket, Func<CancellationToken, ValueTask<int>> talk)
    {
        if (waiting.Count >= CallersMax)
            waiting.First!.Value.Dispose();
        var place = waiting.AddLast(socket);
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
        }
    }
}
