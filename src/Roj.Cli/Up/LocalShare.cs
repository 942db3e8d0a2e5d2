using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;

namespace Roj.Cli.Up;

/// <summary>A file that the first node of a <see cref="LocalCluster"/> shares and all others fetch, asked by their HTTP APIs.</summary>
/// <remarks>On a thread of its own, for hashing takes long. A node that does not listen, or no longer, is asked again.</remarks>
internal sealed class LocalShare(FileInfo shared, IReadOnlyList<LocalMember> members) : IDisposable
{
    private const string Files = "/api/v1/files";

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<(string Kind, string? Address, string Text)> news = new();
    private readonly NodeClient[] clients = [.. members.Select(member => new NodeClient(new Uri(member.Url), NodeToken.Find))];
    private readonly string?[] digests = new string?[members.Count];
    private readonly bool[] asked = new bool[members.Count];
    private readonly ManualResetEventSlim ending = new();
    private readonly long begun = Stopwatch.GetTimestamp();
    private Thread? thread;
    private volatile string? failure;
    private volatile bool isDone;

    /// <summary>Why it came to nothing; null while all is well.</summary>
    public string? Failure => failure;

    /// <summary>Whether all have the file, byte for byte.</summary>
    public bool IsDone => isDone;

    public void Start()
    {
        thread = new Thread(Run) { IsBackground = true };
        thread.Start();
    }

    /// <summary>The next thing that happened.</summary>
    public bool TryTake(out (string Kind, string? Address, string Text) happened) => news.TryDequeue(out happened);

    /// <summary>Asks nothing more. The nodes need not run.</summary>
    public void End() => ending.Set();

    /// <summary>After the nodes have ended: then no answer is awaited.</summary>
    public void Dispose()
    {
        End();
        thread?.Join();
        foreach (var client in clients)
            client.Dispose();
        ending.Dispose();
    }

    private void Run()
    {
        string? id = null;
        do
        {
            id ??= Ask(0, node => node.Post(Files, Json(new FileRequestView(Path: shared.FullName))))?.Id;
            for (var i = 0; i < members.Count && id is not null; i++)
                Look(i, id);
        }
        while (failure is null && !Compared() && !ending.Wait(Pace));
    }

    private void Look(int number, string id)
    {
        var isKnown = number == 0 || asked[number];
        var file = Ask(
            number, node => isKnown ? node.Get($"{Files}/{id}") : node.Post(Files, Json(new FileRequestView(Id: id))));
        if (file is null)
            return;
        asked[number] = true;
        var member = members[number];
        member.File = file;
        if (file.Fault is { } fault)
            failure = $"{member.Address} has given the file up: {fault}";
        else if (file is { Complete: true, Path: { } path } && digests[number] is null)
            Complete(number, path);
    }

    private void Complete(int number, string path)
    {
        try
        {
            using var data = File.OpenRead(path);
            digests[number] = Convert.ToHexStringLower(SHA256.HashData(data));
        }
        catch (IOException e)
        {
            failure = e.Message;
            return;
        }

        var address = members[number].Address;
        var (kind, does) = number == 0 ? ("shared", "shares") : ("fetched", "has");
        news.Enqueue((kind, address, $"{address} {does} it after {Seconds()} s, SHA-256 {digests[number]}"));
    }

    /// <summary>Whether that is over: all have it.</summary>
    private bool Compared()
    {
        if (digests.Contains(null))
            return false;
        if (digests.Distinct().Count() > 1)
        {
            failure = "the files differ: this must not happen, please report it";
            return true;
        }

        var moved = shared.Length * (members.Count - 1);
        var rate = Sizes.Text((long)(moved / Stopwatch.GetElapsedTime(begun).TotalSeconds));
        var count = members.Count.ToString(CultureInfo.InvariantCulture);
        news.Enqueue((
            "equal", null, $"all {count} are equal: {Sizes.Text(moved)} in {Seconds()} s, with process start and hashing: {rate}/s"));
        return isDone = true;
    }

    private string Seconds() => Stopwatch.GetElapsedTime(begun).TotalSeconds.ToString("F2", CultureInfo.InvariantCulture);

    /// <summary>What a node answers; null if it does not, or has forgotten the file with its life.</summary>
    private FileView? Ask(int number, Func<NodeClient, byte[]> question)
    {
        try
        {
            return JsonSerializer.Deserialize(question(clients[number]), ApiJson.Default.FileView);
        }
        catch (AskException e)
        {
            if (e.Status is 404)
                asked[number] = false;
            else if (e.Status is not null and not 503)
                failure = $"{members[number].Address} refuses: {e.Detail}";
            return null;
        }
    }

    private static byte[] Json(FileRequestView request) => JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.FileRequestView);
}
