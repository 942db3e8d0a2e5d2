using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Roj.KvBench;

/// <summary>A client that says lines of words.</summary>
internal sealed class RespClient : IAsyncDisposable
{
    private readonly TcpClient client = new() { NoDelay = true };
    private readonly NetworkStream stream;
    private readonly StreamReader lines;

    /// <summary>Comes to a server.</summary>
    /// <exception cref="SocketException">There is none.</exception>
    public RespClient(int port)
        : this(new IPEndPoint(IPAddress.Loopback, port))
    {
    }

    /// <summary>Comes to a server.</summary>
    /// <exception cref="SocketException">There is none.</exception>
    public RespClient(IPEndPoint address)
    {
        client.Connect(address);
        stream = client.GetStream();
        lines = new StreamReader(stream, Encoding.Latin1, false, 64 * 1024);
    }

    /// <summary>Says something, and hears one line.</summary>
    public async Task<string> AskAsync(string said)
    {
        await SayAsync(said + "\r\n").ConfigureAwait(false);
        return await HearAsync().ConfigureAwait(false);
    }

    /// <summary>Says something.</summary>
    public async Task SayAsync(string said) => await stream.WriteAsync(Encoding.Latin1.GetBytes(said)).ConfigureAwait(false);

    /// <summary>Hears one line.</summary>
    public async Task<string> HearAsync() => await lines.ReadLineAsync().ConfigureAwait(false) ?? "";

    /// <summary>Hears the answer to SCAN: where to go on, and how many keys there were.</summary>
    public async Task<(string Cursor, int Keys)> HearPageAsync()
    {
        _ = await HearAsync().ConfigureAwait(false); // *2
        _ = await HearAsync().ConfigureAwait(false);
        var cursor = await HearAsync().ConfigureAwait(false);
        var keys = int.Parse((await HearAsync().ConfigureAwait(false))[1..], System.Globalization.CultureInfo.InvariantCulture);
        for (var i = 0; i < 2 * keys; i++)
            _ = await HearAsync().ConfigureAwait(false);
        return (cursor, keys);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lines.Dispose();
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
