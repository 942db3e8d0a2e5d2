using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Roj.StartBench;

/// <summary>A <c>roj sync</c> on the loopback that nobody else talks to, run again and again.</summary>
internal sealed class Subject(string name, string program, string configuration, string data)
{
    private const int SigTerm = 15;

    // Between two looks at the port: often enough for a tenth of a millisecond, seldom enough to leave the program its processor.
    private static readonly TimeSpan Pause = TimeSpan.FromMicroseconds(100);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public string Name => name;

    /// <summary>Starts it, lets it idle, ends it.</summary>
    /// <exception cref="InvalidOperationException">It did not do as it should.</exception>
    public Life Live(TimeSpan idle)
    {
        var port = FreePort();
        // A cluster and ports of its own: whatever else runs on this machine is not to find it.
        var number = port.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(
            program,
            ["sync", "--config", configuration, "--data", data, "--address", "127.0.0.1",
                "--port", number, "--node-port", number, "--cluster", $"bench-{number}"])
        {
            RedirectStandardOutput = true,
        };
        var begun = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var said = Task.Factory.StartNew(() => WaitForLine(process, begun), TaskCreationOptions.LongRunning);
        var accepts = WaitForPort(process, port, begun);
        var says = said.GetAwaiter().GetResult();
        Thread.Sleep(idle);
        var resident = Resident(process.Id);

        var asked = Stopwatch.GetTimestamp();
        _ = Kill(process.Id, SigTerm);
        process.WaitForExit();
        var ends = Stopwatch.GetElapsedTime(asked);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"exit code {process.ExitCode}");
        return new Life(accepts, says, resident, ends);
    }

    private static TimeSpan WaitForPort(Process process, int port, long begun)
    {
        var there = new IPEndPoint(IPAddress.Loopback, port);
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            if (TryConnect(socket, there))
                return Stopwatch.GetElapsedTime(begun);
            if (process.HasExited || Stopwatch.GetElapsedTime(begun) > Patience)
                throw new InvalidOperationException("the program does not listen");
            Thread.Sleep(Pause);
        }
    }

    private static bool TryConnect(Socket socket, IPEndPoint there)
    {
        try
        {
            socket.Connect(there);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static TimeSpan WaitForLine(Process process, long begun)
    {
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.Contains("listening", StringComparison.Ordinal))
                return Stopwatch.GetElapsedTime(begun);
        }

        throw new InvalidOperationException("the program does not say that it listens");
    }

    private static long Resident(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    // Free for TCP; for UDP too, unless somebody is very unlucky: then the program warns and the figures hold.
    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
