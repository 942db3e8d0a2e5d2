using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Roj.EndToEnd;

namespace Roj.KvBench;

/// <summary>A server that speaks RESP, on the loopback, with a directory of its own.</summary>
internal sealed class Server : IDisposable
{
    /// <summary>Debian's redis-tools has the server too: it is what its program is called that counts.</summary>
    public const string RedisProgram = "redis-check-rdb";

    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    private readonly Process process;

    private Server(string name, int port, ProcessStartInfo how)
    {
        (Name, Port) = (name, port);
        (how.RedirectStandardOutput, how.RedirectStandardError) = (true, true);
        process = Process.Start(how)!;
        _ = process.StandardOutput.ReadToEndAsync(); // or it stands still when the pipe is full
        _ = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What it is called in tables.</summary>
    public string Name { get; }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>What it has used so far.</summary>
    public ProcessUsage Usage => ProcFs.Usage(process.Id) ?? throw new LabException($"{Name} has ended");

    /// <summary>Redis.</summary>
    /// <param name="folder">Where its data is to be.</param>
    /// <param name="appendsync"><c>always</c> or <c>everysec</c>.</param>
    public static Server Redis(string folder, string appendsync)
    {
        Directory.CreateDirectory(folder);
        var program = Path.Combine(folder, "redis-server");
        if (!File.Exists(program))
            File.CreateSymbolicLink(program, Tool.Find(RedisProgram)!);
        var port = FreePort();
        string[] args =
        [
            "--port", $"{port}", "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync", appendsync,
            "--auto-aof-rewrite-percentage", "0",
        ];
        return new Server($"redis {appendsync}", port, new ProcessStartInfo(program, args));
    }

    /// <summary>A Roj node, alone.</summary>
    public static Server Roj(string folder)
    {
        Directory.CreateDirectory(folder);
        var port = FreePort();
        string[] args =
        [
            "node", "--data-dir", folder, "--address", "127.0.0.1", "--no-broadcast", "--no-sweep", "--port", $"{FreePort()}",
            "--http-port", $"{FreePort()}", "--resp-port", $"{port}",
        ];
        return new Server("roj", port, new ProcessStartInfo(Repository.Program(), args));
    }

    /// <summary>How long it took until something was answered as it must be.</summary>
    public async Task<TimeSpan> AnswersAsync(string said, string answer)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < patience)
        {
            try
            {
                await using var client = new RespClient(Port);
                if (await client.AskAsync(said).ConfigureAwait(false) == answer)
                    return Stopwatch.GetElapsedTime(started);
            }
            catch (SocketException)
            {
                // It does not listen yet.
            }

            await Task.Delay(5).ConfigureAwait(false);
        }

        throw new LabException($"{Name} does not answer {answer} to {said}");
    }

    /// <summary>Tells it to end, and waits until it has.</summary>
    public void Dispose()
    {
        Native.Signal(process.Id, Native.SigTerm);
        if (!process.WaitForExit(patience))
            process.Kill();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
