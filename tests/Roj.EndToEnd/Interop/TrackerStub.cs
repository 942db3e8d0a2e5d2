using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Roj.EndToEnd.Interop;

/// <summary>As little of an HTTP tracker as programs are content with (BEP 3, BEP 23): whoever asked is told to the next.</summary>
internal sealed class TrackerStub : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Parse(LabWiring.Address(LabWiring.ObserverNumber)), 0);
    private readonly List<string> requests = [];
    private readonly HashSet<string> peers;
    private readonly Task serving;

    /// <summary>Serves at the test program's own address, where every host reaches it; it knows <paramref name="known"/> already.</summary>
    public TrackerStub(params IEnumerable<LabHost> known)
    {
        peers = [.. known.Select(host => Compact(host.Address, 6881))];
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>Where to announce to.</summary>
    public string Url => $"http://{listener.LocalEndpoint}/announce";

    /// <summary>The announces so far, such as <c>GET /announce?info_hash=…</c>.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (requests)
                return [.. requests];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        listener.Stop();
        serving.Wait(TimeSpan.FromSeconds(1));
    }

    private static string Compact(string address, int port) =>
        Convert.ToHexString([.. IPAddress.Parse(address).GetAddressBytes(), (byte)(port >> 8), (byte)port]);

    private static string Argument(string request, string name) =>
        request.Split('?', '&', ' ').First(argument => argument.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync().ConfigureAwait(false);
                await AnswerAsync(client).ConfigureAwait(false);
            }
        }
        catch (SocketException)
        {
            // Stopped.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII);
            var request = await reader.ReadLineAsync().ConfigureAwait(false) ?? "";
            while (await reader.ReadLineAsync().ConfigureAwait(false) is { Length: > 0 })
            {
                // The head's other lines don't matter.
            }

            byte[] body = [.. "d14:failure reason14:not a tracker!e"u8];
            if (request.StartsWith("GET /announce?", StringComparison.Ordinal)) // Transmission asks for statistics (/scrape) too
            {
                lock (requests)
                    requests.Add(request);
                var address = ((IPEndPoint)client.Client.RemoteEndPoint!).Address.ToString();
                body = Others(Compact(address, int.Parse(Argument(request, "port"), CultureInfo.InvariantCulture)));
            }

            var head = $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
            await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body]).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It has hung up.
        }
    }

    private byte[] Others(string asker)
    {
        var others = Convert.FromHexString(string.Concat(peers.Where(peer => peer != asker)));
        peers.Add(asker);
        return [.. Encoding.ASCII.GetBytes($"d8:intervali2e5:peers{others.Length}:"), .. others, (byte)'e'];
    }
}
