using System.Net;
using System.Net.Sockets;
using System.Text;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster.Servers;

/// <summary>What a client takes for a router: it answers the first thing that is said, and nothing after that.</summary>
internal sealed class MuteRouter : IDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly StringBuilder heard = new(); // its own gate
    private Socket? client;

    public MuteRouter(string answer = "+OK\r\n")
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _ = ServeAsync(answer);
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    public async Task<StorageClient> ComeAsync(TimeSpan? patience = null)
    {
        var made = new StorageClient(Cellar.Local, Port) { Patience = patience ?? Soon.Limit };
        await made.StartAsync(TestContext.Current.CancellationToken);
        Assert.True(made.IsConnected);
        return made;
    }

    public Task HeardAsync(string word) => Soon.UntilAsync(
        () =>
        {
            lock (heard)
                return heard.ToString().Contains(word, StringComparison.Ordinal);
        },
        $"{word} is said");

    public void HangUp()
    {
        listener.Dispose();
        client?.Dispose();
    }

    public void Dispose() => HangUp();

    private async Task ServeAsync(string answer)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            client = await listener.AcceptAsync();
            var count = await client.ReceiveAsync(buffer);
            await client.SendAsync(Encoding.ASCII.GetBytes(answer));
            for (; count > 0; count = await client.ReceiveAsync(buffer))
            {
                lock (heard)
                    heard.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has hung up.
        }
    }
}
