using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Roj.Files.Metadata;
using Roj.Host.Disk;

namespace Roj.Cli;

/// <summary>One node of a <see cref="LocalSwarm"/>: a <c>roj sync</c> of its own, and what it says of itself.</summary>
internal sealed class LocalNode : IDisposable
{
    private readonly string cluster;
    private readonly string configPath;
    private readonly string dataPath;
    private Process? process;
    private volatile State state = new(0, 0, 0, 0, false);

    public LocalNode(int number, string folder, string dataName, string cluster)
    {
        this.cluster = cluster;
        Address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.{number}");
        var own = Directory.CreateDirectory(Path.Combine(folder, Address)).FullName;
        configPath = Path.Combine(own, "torrent.conf");
        dataPath = Path.Combine(own, dataName);
        File.WriteAllText(configPath, "{}");
    }

    public string Address { get; }

    /// <summary>Why it ended though nobody wanted it to; null while all is well.</summary>
    public string? Failure { get; private set; }

    /// <summary>When it was complete, by <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long CompletedAt { get; private set; }

    public bool IsComplete => state.IsComplete;

    public string Parts => string.Create(CultureInfo.InvariantCulture, $"{state.Have}/{state.Parts}");

    public string Peers => state.Peers.ToString(CultureInfo.InvariantCulture);

    public string Seen => state.Nodes.ToString(CultureInfo.InvariantCulture);

    public string Bar => new string('█', 20 * state.Have / Math.Max(1, state.Parts)).PadRight(20, '·');

    public string Summary => $"{Address} {Parts}";

    /// <summary>Before the start: this node has the file and its description.</summary>
    public void GiveFile(FileInfo file)
    {
        File.Copy(file.FullName, dataPath);
        var info = new Describing(dataPath).RunAsync(CancellationToken.None).GetAwaiter().GetResult();
        File.WriteAllBytes(configPath, TorrentConf.Write([], info));
    }

    public void Start()
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            [
                "sync", "--config", configPath, "--data", dataPath, "--address", Address, "--cluster", cluster,
                "--output", "json", "--end-with-stdin",
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        new Thread(() => Follow(process)) { IsBackground = true }.Start();
    }

    public string Digest()
    {
        using var file = File.OpenRead(dataPath);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    public void Dispose()
    {
        if (process is null)
            return;
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(5)))
            process.Kill();
        process.Dispose();
    }

    private void Follow(Process running)
    {
        string? lastWords = null;
        while (running.StandardOutput.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            switch (root.GetProperty("event").GetString())
            {
                case "progress":
                    state = new State(
                        root.GetProperty("have").GetInt32(),
                        root.GetProperty("parts").GetInt32(),
                        root.GetProperty("peers").GetInt32(),
                        root.GetProperty("nodes").GetInt32(),
                        state.IsComplete);
                    break;
                case "complete":
                    CompletedAt = Stopwatch.GetTimestamp();
                    state = state with { Have = state.Parts, IsComplete = true };
                    break;
                case "failed" or "warning":
                    lastWords = root.GetProperty("message").GetString();
                    break;
            }
        }

        if (!IsComplete)
            Failure = lastWords ?? running.StandardError.ReadToEnd();
    }

    private sealed record State(int Have, int Parts, int Peers, int Nodes, bool IsComplete);
}
