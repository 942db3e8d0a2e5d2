using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Roj.EndToEnd.Interop;

/// <summary>Redis itself, on the lab's private loopback; it keeps nothing on disk.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process process;

    private RedisServer(Process process, IPEndPoint endpoint)
    {
        this.process = process;
        Endpoint = endpoint;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Starts it, and waits until it listens.</summary>
    /// <exception cref="LabException">It is not installed, or does not start; the message says so.</exception>
    public static async Task<RedisServer> StartAsync(string? password = null)
    {
        if (!Confinement.IsInside)
            throw new LabException(Confinement.Missing() ?? "These tests run in private namespaces only: start the test program.");
        var port = FreePort();
        string[] secret = password is null ? [] : ["--requirepass", password];
        string[] args =
        [
            "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            "--dir", Confinement.DataRoot, .. secret,
        ];
        var process = Process.Start(new ProcessStartInfo(Program(port), args) { RedirectStandardOutput = true })!;
        var server = new RedisServer(process, new IPEndPoint(IPAddress.Loopback, port));
        var said = new List<string>();
        using var patience = new CancellationTokenSource(Patience);
        while (await process.StandardOutput.ReadLineAsync(patience.Token).ConfigureAwait(false) is { } line)
        {
            said.Add(line);
            if (!line.Contains("Ready to accept connections", StringComparison.Ordinal))
                continue;
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None); // or it stands still when the pipe is full
            return server;
        }

        await server.DisposeAsync().ConfigureAwait(false);
        throw new LabException($"redis-server does not start: {string.Join(" | ", said)}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync().ConfigureAwait(false);
        process.Dispose();
    }

    // redis-tools has the server's program, which is what it is called; the package that has its name would start it as a service.
    private static string Program(int port)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Confinement.DataRoot, $"redis-{port}"));
        var link = Path.Combine(folder.FullName, "redis-server");
        if (!File.Exists(link))
            File.CreateSymbolicLink(link, Foreign.Find("redis-check-rdb", "redis-tools"));
        return link;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
