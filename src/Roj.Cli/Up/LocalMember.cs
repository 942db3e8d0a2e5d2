using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Roj.Host.Http.Views;

namespace Roj.Cli.Up;

/// <summary>One node of a <see cref="LocalCluster"/>: a <c>roj node</c> of its own, and how it sees the others.</summary>
/// <remarks>For one thread; what the process says comes by the queue.</remarks>
internal sealed class LocalMember : IDisposable
{
    // A token that all may watch go round: some thirty decimals of π a turn, and long enough at each to be seen there.
    private const string Tokens = "pi=pi:10000:2:150ms";

    private readonly string folder;
    private readonly string[] arguments;
    private readonly SortedDictionary<string, string> view = new(StringComparer.Ordinal);
    private Process? process;
    private Thread? follower;
    private volatile FileView? file;
    private int life;
    private long begun;

    public LocalMember(int number, string folder, UpOptions options)
    {
        Address = AddressOf(number);
        Name = string.Create(CultureInfo.InvariantCulture, $"n{number}");
        Url = string.Create(CultureInfo.InvariantCulture, $"http://{Address}:{options.HttpPort}");
        this.folder = Path.Combine(folder, Address);
        arguments =
        [
            "node", "--address", Address, "--name", Name,
            "--cluster", Path.GetFileName(folder), "--data-dir", this.folder,
            "--port", options.Port.ToString(CultureInfo.InvariantCulture),
            "--http-port", options.HttpPort.ToString(CultureInfo.InvariantCulture),
            "--log-file", Path.Combine(this.folder, "node.log"), "--output", "json", "--end-with-stdin", "--forget",
            "--tokens", Tokens,
        ];
    }

    public string Address { get; }

    public string Name { get; }

    /// <summary>Where it keeps its data.</summary>
    public string Folder => folder;

    /// <summary>Where its HTTP API is.</summary>
    public string Url { get; }

    /// <summary>Who it is, once it has said so.</summary>
    public string? Id { get; private set; }

    /// <summary>Its process; null while it has none.</summary>
    public int? ProcessId { get; private set; }

    /// <summary>Since when it has no process, by <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long EndedAt { get; private set; }

    /// <summary>Whether it can be called in this life.</summary>
    public bool IsListening { get; private set; }

    /// <summary>Why it ended, as far as it could say; else null.</summary>
    public string? Failure { get; private set; }

    /// <summary>How long after its start it saw all; null while it has not yet.</summary>
    public TimeSpan? SawAllAfter { get; private set; }

    /// <summary>How the file stands that is shared among all; null while it has not said. Set by any thread.</summary>
    public FileView? File
    {
        get => file;
        set => file = value;
    }

    /// <summary>How many it counts as alive, itself included.</summary>
    public int Seen => IsListening ? 1 + view.Values.Count(state => state == "alive") : 0;

    public static string AddressOf(int number) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.{number}");

    /// <summary>The state in which it believes the node at an address to be; null if it knows none there.</summary>
    public string? StateOf(string address) => IsListening ? view.GetValueOrDefault(address) : null;

    /// <summary>Bytes of memory that the process holds; null while there is none.</summary>
    public long? Memory()
    {
        try
        {
            process?.Refresh();
            return ProcessId is null ? null : process?.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return null; // ended just now
        }
    }

    /// <summary>Begins the first life or the next; what happens in it is queued.</summary>
    public void Start(BlockingCollection<LocalWord> words)
    {
        MakeFolder();
        process?.Dispose();
        view.Clear();
        (life, begun, IsListening, SawAllAfter, Failure) = (life + 1, Stopwatch.GetTimestamp(), false, null, null);
        var start = ThisProgram.Start(arguments);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        process = Process.Start(start)!;
        ProcessId = process.Id;
        Follow(process, words, life);
    }

    /// <summary>Takes what the process said; true if it is of this life.</summary>
    public bool Take(LocalWord word)
    {
        if (word.Life != life)
            return false;
        if (word.Said is not { } said)
        {
            (ProcessId, EndedAt, IsListening) = (null, Stopwatch.GetTimestamp(), false);
            Failure ??= word.LastWords.Length > 0 ? word.LastWords : null;
            return true;
        }

        switch (said.GetProperty("event").GetString())
        {
            case "listening":
                (IsListening, Id) = (true, said.GetProperty("id").GetString());
                break;
            case "failed":
                Failure = said.GetProperty("message").GetString();
                break;
            case "member":
                view[HostOf(said.GetProperty("address").GetString()!)] = said.GetProperty("state").GetString()!;
                break;
        }

        return true;
    }

    /// <summary>Notes the time if it sees <paramref name="all"/> for the first time in this life.</summary>
    public void CountTo(int all)
    {
        if (SawAllAfter is null && Seen == all)
            SawAllAfter = Stopwatch.GetElapsedTime(begun);
    }

    /// <summary>Kills the process.</summary>
    public void Kill()
    {
        try
        {
            process?.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    /// <summary>Asks the process to end, by the end of what it reads.</summary>
    public void Stop()
    {
        try
        {
            process?.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended.
        }
    }

    /// <summary>Has the process neither hear nor speak to the nodes at these addresses; none to end that.</summary>
    public void CutOff(IEnumerable<string> addresses)
    {
        try
        {
            process?.StandardInput.WriteLine(string.Join(' ', addresses.Prepend("cut")));
            process?.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended.
        }
    }

    /// <summary>Waits until <paramref name="deadline"/> for the end of the process, then ends it.</summary>
    public void End(long deadline)
    {
        if (process is null)
            return;
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), deadline);
        if (!process.WaitForExit(left > TimeSpan.Zero ? left : TimeSpan.Zero))
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    /// <summary>After its process has ended: then nobody adds to the queue any more.</summary>
    public void Dispose()
    {
        follower?.Join();
        process?.Dispose();
    }

    private static string HostOf(string endpoint) => endpoint[..endpoint.LastIndexOf(':')];

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Follow(Process running, BlockingCollection<LocalWord> words, int itsLife)
    {
        var complaints = running.StandardError.ReadToEndAsync();
        follower = new Thread(() =>
        {
            while (running.StandardOutput.ReadLine() is { } line)
                words.Add(new LocalWord(this, itsLife, Read(line), ""));
            words.Add(new LocalWord(this, itsLife, null, complaints.GetAwaiter().GetResult().Trim()));
        })
        { IsBackground = true };
        follower.Start();
    }

    private static JsonElement Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }
}
