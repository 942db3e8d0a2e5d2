using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Roj.EndToEnd.Interop;

/// <summary>The published program as a node of its own, on the lab's private loopback, for those who speak the Redis protocol.</summary>
internal sealed class RedisNode : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    private readonly Process process;

    private RedisNode(Process process, IPEndPoint endpoint) => (this.process, Endpoint) = (process, endpoint);

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Starts it, and waits until it keeps what it is given.</summary>
    /// <param name="decides">Whether it is a cluster that decides by majority.</param>
    /// <exception cref="LabException">It does not come to that; the message says what it said.</exception>
    public static async Task<RedisNode> StartAsync(bool decides = false)
    {
        if (!Confinement.IsInside)
            throw new LabException(Confinement.Missing() ?? "These tests run in private namespaces only: start the test program.");
        var endpoint = new IPEndPoint(IPAddress.Loopback, FreePort());
        string[] args =
        [
            "node", "--data-dir", Path.Combine(Confinement.DataRoot, $"redis-node-{endpoint.Port}"), "--address", "127.0.0.1",
            "--no-broadcast", "--no-sweep", "--port", Text(FreePort()), "--http-port", Text(FreePort()), "--resp-port", Text(endpoint.Port),
            .. decides ? (string[])["--expect", "1"] : [],
        ];
        var how = new ProcessStartInfo(Repository.Program(), args) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(how)!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var node = new RedisNode(process, endpoint);
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < patience && !process.HasExited)
        {
            if (await node.IsReadyAsync().ConfigureAwait(false))
                return node;
            await Task.Delay(50).ConfigureAwait(false);
        }

        await node.DisposeAsync().ConfigureAwait(false);
        throw new LabException($"the node keeps nothing: {string.Join(" | ", await said.ConfigureAwait(false))}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync().ConfigureAwait(false);
        process.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return await Conversation.Of("ready", "SET ready 1").HoldAsync(Endpoint).ConfigureAwait(false) == "+OK\r\n";
        }
        catch (SocketException)
        {
            return false; // it does not listen yet
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
