using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Roj.Browser;

/// <summary>A <c>roj up N</c> on ports of its own.</summary>
internal sealed class UpRun : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("roj-browser-");
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Process process;
    private readonly string httpPort;

    public UpRun(int count, params string[] more)
    {
        (var port, httpPort) = (FreePort(), FreePort());
        var start = new ProcessStartInfo(Program())
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        string[] args =
        [
            "up", count.ToString(CultureInfo.InvariantCulture), "--port", port, "--http-port", httpPort, "--output", "json", .. more,
        ];
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        start.Environment["TMPDIR"] = folder.FullName;
        start.Environment["DOTNET_EnableDiagnostics"] = "0"; // a socket of the runtime's
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, said) => Hear(said.Data);
        process.BeginOutputReadLine();
    }

    /// <summary>The nodes' processes, by address; the last started of each.</summary>
    private SortedDictionary<string, int> Nodes { get; } = new(StringComparer.Ordinal);

    /// <summary>Where a node is.</summary>
    public string Url(int number) => $"http://127.0.0.{number.ToString(CultureInfo.InvariantCulture)}:{httpPort}";

    /// <summary>A file of random bytes, in a folder that goes with this.</summary>
    public string Put(string name, int bytes)
    {
        var path = Path.Combine(folder.FullName, name);
        var content = new byte[bytes];
        new Random(7).NextBytes(content);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Asks a node to do something, and gives back what it says.</summary>
    public async Task<JsonElement> PostAsync(int number, string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(Url(number) + path), body);
        var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return answer.IsSuccessStatusCode ? said : throw new InvalidOperationException($"{path}: {said}");
    }

    /// <summary>What a node says.</summary>
    public Task<JsonElement> GetAsync(int number, string path) => http.GetFromJsonAsync<JsonElement>(new Uri(Url(number) + path));

    /// <summary>Kills a node as a power cut would; it is started again after ten seconds.</summary>
    public void Kill(int number)
    {
        int id;
        lock (Nodes)
            id = Nodes[$"127.0.0.{number.ToString(CultureInfo.InvariantCulture)}"];
        using var node = Process.GetProcessById(id);
        node.Kill();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using (var stop = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
            stop.WaitForExit();
        if (!process.WaitForExit(10_000))
            process.Kill(entireProcessTree: true);
        process.Dispose();
        http.Dispose();
        folder.Delete(recursive: true);
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        using var json = JsonDocument.Parse(line);
        if (json.RootElement.GetProperty("event").GetString() != "started")
            return;
        lock (Nodes)
            Nodes[json.RootElement.GetProperty("address").GetString()!] = json.RootElement.GetProperty("process").GetInt32();
    }

    // The published program where ./test says so; else the one that was built with these tests.
    private static string Program() => Environment.GetEnvironmentVariable("ROJ_PROGRAM") is { Length: > 0 } given
        ? Path.GetFullPath(given)
        : Path.Combine(AppContext.BaseDirectory, "roj");

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
