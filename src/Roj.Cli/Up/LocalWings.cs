using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;

namespace Roj.Cli.Up;

/// <summary>What the wings of a <see cref="LocalCluster"/> do, a line each: asked of its nodes by HTTP, as anybody may.</summary>
/// <remarks>On a thread of its own. It writes a key at one node and reads it at the next, and shares a small file unless the user has one.
/// </remarks>
internal sealed class LocalWings(IReadOnlyList<LocalMember> members, bool hasFile) : IDisposable
{
    private const string Files = "/api/v1/files";
    private const int FileBytes = 4 << 20;

    private static readonly TimeSpan pace = TimeSpan.FromSeconds(1);

    private readonly NodeClient[] clients = [.. members.Select(member => new NodeClient(new Uri(member.Url), NodeToken.Find))];
    private readonly ManualResetEventSlim ending = new();
    private Thread? thread;
    private volatile IReadOnlyList<string> lines = [];
    private string? file;
    private int turn;

    /// <summary>A line for each wing; empty before there is anything to tell.</summary>
    public IReadOnlyList<string> Lines => lines;

    public void Start()
    {
        thread = new Thread(Run) { IsBackground = true };
        thread.Start();
    }

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
        while (!ending.Wait(pace))
        {
            int[] listening = [.. Enumerable.Range(0, members.Count).Where(number => members[number].IsListening)];
            if (listening.Length == 0)
                continue;
            turn++;
            var asked = listening[turn % listening.Length];
            try
            {
                var view = JsonSerializer.Deserialize(clients[asked].Get("/api/v1/overview"), ApiJson.Default.OverviewView)!;
                lines =
                [
                    Leader(view), .. view.Tokens.Select(one => Token(one, view)), Key(listening),
                    .. hasFile ? [] : Share(listening, view),
                ];
            }
            catch (AskException)
            {
                // It does not listen any more, or not at the moment.
            }
        }
    }

    private static string Leader(OverviewView view)
    {
        var greens = view.Nodes.Where(node => node is { Color: "green", State: "alive" }).Select(node => node.Name);
        return view.Leader.Leader is { } leader
            ? string.Create(
                CultureInfo.InvariantCulture, $"leader  {leader.Name} in term {view.Leader.Term}; green: {string.Join(" ", greens)}")
            : "leader  nobody yet";
    }

    private static string Token(OverviewTokenView one, OverviewView view)
    {
        const int Shown = 40;
        var digits = one.Digits is { } last ? $", …{(last.Length > Shown ? last[^Shown..] : last)}" : "";
        var holder = one.Token.Holder == view.Self.Id ? view.Self.Name : one.Token.HolderName ?? "nobody";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"token   {one.Token.Name} at {holder}: {one.Token.Progress} decimals{digits}");
    }

    private string Key(int[] listening)
    {
        const string Path = "/api/v1/store/value?db=0&key=roj-up";
        var (writer, reader) = (listening[turn % listening.Length], listening[(turn + 1) % listening.Length]);
        var value = turn.ToString(CultureInfo.InvariantCulture);
        try
        {
            clients[writer].PostBytes(Path, Encoding.ASCII.GetBytes(value));
            var read = Encoding.UTF8.GetString(clients[reader].GetBytes(Path));
            return $"key     roj-up={value} written at {members[writer].Name}, {members[reader].Name} reads {read}";
        }
        catch (AskException e)
        {
            return $"key     roj-up={value} written at {members[writer].Name}: {e.Detail}";
        }
    }

    // One node more at each turn, so that one can see it fill.
    private string[] Share(int[] listening, OverviewView view)
    {
        try
        {
            if (file is null && listening.Contains(0))
                file = FileOf(clients[0].Post(Files, Json(new FileRequestView(Path: Make())))).Id;
            else if (file is not null)
                clients[listening[turn % listening.Length]].Post(Files, Json(new FileRequestView(Id: file)));
        }
        catch (Exception e) when (e is AskException or IOException)
        {
            return []; // the next turn
        }

        return view.Files.FirstOrDefault(one => one.Id == file) is { Parts: > 0 } its
            ? [$"file    {its.Name}: {string.Join(", ", its.Holders.Select(one => Holder(one, its)))}"]
            : [];
    }

    private string Holder(OverviewFileView.Holder one, OverviewFileView its)
    {
        var name = members.FirstOrDefault(member => member.Address == one.Address)?.Name ?? one.Address;
        return string.Create(CultureInfo.InvariantCulture, $"{name} {100 * one.Have / its.Parts} %");
    }

    // In the first node's own folder: it goes with that.
    private string Make()
    {
        var path = Path.Combine(members[0].Folder, "film-for-all.bin");
        if (!File.Exists(path))
            File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(FileBytes));
        return path;
    }

    private static FileView FileOf(byte[] json) => JsonSerializer.Deserialize(json, ApiJson.Default.FileView)!;

    private static byte[] Json(FileRequestView request) => JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.FileRequestView);
}
