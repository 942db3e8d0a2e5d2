using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Roj.Storage.Resp;

namespace Roj.Host.Storage;

/// <summary>One start of a router's client: it calls the router again whenever the connection is lost. From any thread.</summary>
/// <param name="router">Where the router takes clients in.</param>
/// <param name="database">Which database it is about.</param>
/// <param name="changed">Told that it is connected, or not any more. On any thread.</param>
public sealed class ClientHost(IPEndPoint router, int database, Action changed) : IDisposable
{
    private readonly CancellationTokenSource end = new();
    private readonly TaskCompletionSource tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task running = Task.CompletedTask;
    private volatile RespLink? link;

    /// <summary>The connection; null while there is none.</summary>
    public RespLink? Link => link;

    /// <summary>Ends when the first call has come to something, or to nothing.</summary>
    public Task Tried => tried.Task;

    /// <summary>Begins to call.</summary>
    public void Start() => running = Task.Run(RunAsync);

    /// <summary>Ends: what has no reply yet gets none.</summary>
    public void Dispose()
    {
        end.Cancel();
        link?.Dispose();
        running.Wait();
        end.Dispose();
    }

    private async Task RunAsync()
    {
        for (var failures = 0; !end.IsCancellationRequested; failures++)
        {
            using (var made = await ConnectAsync().ConfigureAwait(false))
            {
                if (made is not null)
                {
                    failures = 0;
                    link = made;
                    tried.TrySetResult();
                    changed();
                    if (end.IsCancellationRequested)
                        made.Dispose();
                    await made.Ended.ConfigureAwait(false);
                    link = null;
                    changed();
                }
            }

            tried.TrySetResult();
            await Task.Delay(NumberedSocket.PauseAfter(failures), end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<RespLink?> ConnectAsync()
    {
        var socket = new Socket(router.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        RespLink? made = null;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
            patience.CancelAfter(NumberedSocket.ConnectPatience);
            await socket.ConnectAsync(router, patience.Token).ConfigureAwait(false);
            NumberedSocket.Prepare(socket);
            patience.CancelAfter(NumberedSocket.HelloPatience);
            made = new RespLink(socket);
            var number = Encoding.ASCII.GetBytes(database.ToString(CultureInfo.InvariantCulture));
            var select = new RespLink.Command("SELECT"u8.ToArray(), number);
            if (await made.AskAsync(select, patience.Token).ConfigureAwait(false)
                && await select.Ended.WaitAsync(patience.Token).ConfigureAwait(false) is RespReply.Word { Text: "OK" })
                return made;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The router is not there.
        }

        made?.Dispose();
        socket.Dispose();
        return null;
    }
}
