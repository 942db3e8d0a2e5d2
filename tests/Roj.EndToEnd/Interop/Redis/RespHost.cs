using System.Net;
using System.Net.Sockets;
using Roj.Storage.Resp;

namespace Roj.EndToEnd.Interop;

/// <summary>Sessions over a <see cref="DumbStore"/>, on a port of the loopback.</summary>
internal sealed class RespHost : IAsyncDisposable
{
    private readonly DumbStore store = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly string? password;
    private readonly Task accepting;
    private long connections;

    /// <summary>Listens from now on.</summary>
    public RespHost(string? password = null)
    {
        this.password = password;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Where.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)listener.LocalEndpoint;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync().ConfigureAwait(false);
        listener.Stop();
        await accepting.ConfigureAwait(false);
        listener.Dispose();
        ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await listener.AcceptTcpClientAsync(ending.Token).ConfigureAwait(false)));
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving).ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        client.NoDelay = true;
        var session = new RespSession(
            new RespSettings
            {
                ConnectionId = Interlocked.Increment(ref connections),
                Password = password is null ? default(ReadOnlyMemory<byte>?) : System.Text.Encoding.UTF8.GetBytes(password),
                Peer = $"{client.Client.RemoteEndPoint}",
                Local = $"{client.Client.LocalEndPoint}",
            },
            new RespFacts { Port = Endpoint.Port, ClientsMax = 10_000 });
        var buffer = new byte[64 * 1024];
        try
        {
            while (await client.Client.ReceiveAsync(buffer, ending.Token).ConfigureAwait(false) is var count and > 0)
            {
                session.Receive(buffer.AsSpan(0, count));
                do
                {
                    Work(session);
                    while (session.Output.Length > 0)
                        session.Sent(await client.Client.SendAsync(session.Output, ending.Token).ConfigureAwait(false));
                }
                while (!session.WantsInput && !session.IsOver);
                if (session.IsOver)
                    break;
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException)
        {
            // The client went, or the test is over.
        }
    }

    private void Work(RespSession session)
    {
        lock (store)
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            while (session.TryTake(now, out var call))
                session.Answer(now, call, store.Answer(call.Call, now));
        }
    }
}
