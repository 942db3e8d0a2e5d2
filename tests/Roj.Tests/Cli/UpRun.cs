using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary>A <c>roj up 3</c> on ports of its own, whose nodes keep their data in a folder of the test.</summary>
internal sealed class UpRun : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly Process process;
    private readonly string httpPort;

    public UpRun(params string[] more)
        : this(_ => { }, more)
    {
    }

    /// <summary>One that is started as <paramref name="change"/> says.</summary>
    public UpRun(Action<ProcessStartInfo> change, params string[] more)
    {
        (var port, httpPort) = FreePorts();
        var start = RojRun.Plan(null, ["up", "3", "--port", port, "--http-port", httpPort, "--output", "json", .. more]);
        start.Environment["TMPDIR"] = folder.At("");
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // a socket of the runtime's
        change(start);
        process = Process.Start(start)!;
    }

    /// <summary>The nodes' processes, by address; the last started of each.</summary>
    public Dictionary<string, int> Nodes { get; } = [];

    /// <summary>Whether no process of a node runs, and no file is left.</summary>
    public bool IsClean => Nodes.Values.All(IsGone) && folder.Names() is [];

    /// <summary>Where the HTTP API of a node is.</summary>
    public string Url(string address) => $"http://{address}:{httpPort}";

    /// <summary>Two ports that nobody listens on.</summary>
    public static (string Port, string HttpPort) FreePorts()
    {
        using var one = new TcpListener(IPAddress.Loopback, 0);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        one.Start();
        other.Start();
        return (Number(one), Number(other));
    }

    /// <summary>Reads what it says until it says <paramref name="kind"/>, of <paramref name="address"/> if that is given.</summary>
    public async Task<JsonElement> SaysAsync(string kind, string? address = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(2 * Soon.Limit);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            var said = json.RootElement;
            var whom = said.TryGetProperty("address", out var its) ? its.GetString() : null;
            if (said.TryGetProperty("process", out var started))
                Nodes[whom!] = started.GetInt32();
            if (said.GetProperty("event").GetString() == kind && (address is null || whom == address))
                return said.Clone();
        }

        Assert.Fail($"it ended and never said {kind}: {await process.StandardError.ReadToEndAsync(patience.Token)}");
        return default;
    }

    /// <summary>Sends a signal to <c>roj up</c> itself.</summary>
    public Task SignalAsync(string signal) => SignalAsync(signal, process.Id);

    /// <summary>Sends a signal to one of the processes.</summary>
    public static async Task SignalAsync(string signal, int process)
    {
        var command = string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {process}");
        using var shell = Process.Start("/bin/sh", ["-c", command]);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, shell.ExitCode);
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> ExitAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Soon.Limit);
        return process.ExitCode;
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
        foreach (var node in Nodes.Values.Where(node => !IsGone(node)))
        {
            using var left = Process.GetProcessById(node);
            left.Kill();
        }

        folder.Dispose();
    }

    private static string Number(TcpListener listener) =>
        ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

    // Dead and not yet waited for is gone too: where nobody adopts orphans, nobody ever waits.
    private static bool IsGone(int node)
    {
        try
        {
            var status = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{node}/stat"));
            return status[status.LastIndexOf(')') + 2] is 'Z' or 'X';
        }
        catch (IOException)
        {
            return true;
        }
    }
}
