using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Roj.Tests.Host;

/// <summary>A tracker on the loopback that answers each request with the next of its answers, the last one for ever.</summary>
internal sealed class TestTracker : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public TestTracker(params string[] answers)
    {
        listener.Start();
        _ = ServeAsync(answers);
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/announce?passkey=1";

    /// <summary>The request lines that came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public void Dispose() => listener.Dispose();

    private async Task ServeAsync(string[] answers)
    {
        try
        {
            for (var next = 0; ; next = Math.Min(next + 1, answers.Length - 1))
            {
                using var client = await listener.AcceptTcpClientAsync();
                var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                Requests.Enqueue(await reader.ReadLineAsync() ?? "");
                while (!string.IsNullOrEmpty(await reader.ReadLineAsync()))
                    continue;
                await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(answers[next]));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }
}
