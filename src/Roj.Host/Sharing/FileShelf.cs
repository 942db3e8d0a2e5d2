using System.Net.Sockets;
using Roj.Agreement;
using Roj.Files;
using Roj.Files.Metadata;
using Roj.Files.Tracking;
using Roj.Files.Wire;
using Roj.Host.Disk;
using Roj.Host.Net;
using Roj.Kernel;
using Roj.Membership;
using Roj.Node;

namespace Roj.Host.Sharing;

/// <summary>All files of a node, each with a <see cref="Node.Node"/> of its own that finds nobody by itself: it is told of the members.
/// </summary>
/// <remarks>On the loop. What is remembered is on disk before anybody hears of it. Of a batch of inputs only the files that it touched are
/// called; the others wait in the order of their deadlines, so that a thousand quiet files cost nothing.</remarks>
internal sealed class FileShelf : IDisposable
{
    // Files that are being looked at after the start, at one time: each takes a core.
    private const int CheckingMax = 2;

    // A file that nobody has yet asks every member for itself, again and again: slowly, as there may be many such files.
    private static readonly TimeSpan DialPace = TimeSpan.FromMilliseconds(50);

    private readonly EventLoop loop;
    private readonly FileServiceOptions options;
    private readonly Endpoint own;
    private readonly Action<FileNews> tell;
    private readonly FileStore store;
    private readonly SocketBudget budget;
    private readonly SortedDictionary<Sha1Digest, OpenFile> files = [];
    private readonly SortedDictionary<NodeId, Endpoint> members = [];
    private readonly Queue<OpenFile> unopened = new();
    private readonly List<OpenFile> touched = [];
    private readonly SortedSet<OpenFile> due = new(Comparer<OpenFile>.Create((a, b) =>
        a.Due != b.Due ? a.Due!.Value.CompareTo(b.Due!.Value) : a.Held.Id.CompareTo(b.Held.Id)));

    public FileShelf(
        EventLoop loop, FileServiceOptions options, Endpoint own, FileStore store, SocketBudget budget, Action<FileNews> tell)
    {
        (this.loop, this.options, this.own, this.store, this.budget, this.tell) = (loop, options, own, store, budget, tell);
        Entry = new SwarmEntry(options.Keys, options.AllowPlainSwarm, options.AnyAddress);
        loop.AfterBatch = AfterBatch;
    }

    /// <summary>Who may come in.</summary>
    public SwarmEntry Entry { get; }

    /// <summary>How all files stand, by id.</summary>
    public IReadOnlyList<FileStatus> List => [.. files.Values.Select(file => file.Status)];

    /// <summary>Who has how much of each: those on their way first, then by id.</summary>
    /// <param name="countMax">Of how many files at most.</param>
    /// <remarks>Who has everything hears nothing of others, unless it is looked at.</remarks>
    public IReadOnlyList<FileShares> Shares(int countMax)
    {
        OpenFile[] shown = [.. files.Values.OrderBy(file => !file.IsWanted).Take(countMax)];
        foreach (var file in shown.Where(file => file.IsComplete))
            file.Shell?.Input(now => file.Node?.Look(now, members.Values));
        return [.. shown.Select(file => file.Shares)];
    }

    /// <summary>How many there are.</summary>
    public int Count => files.Count;

    /// <summary>How one stands; null if it is not known.</summary>
    public FileStatus? Find(Sha1Digest id) => files.GetValueOrDefault(id)?.Status;

    /// <summary>Takes up what was shared and on its way in the last life.</summary>
    public void Start(IReadOnlyList<HeldFile> remembered)
    {
        foreach (var held in remembered)
        {
            var file = new OpenFile(held);
            files.Add(held.Id, file);
            unopened.Enqueue(file);
        }

        OpenNext();
    }

    /// <summary>Shares a file of the user's where it is.</summary>
    /// <param name="info">What is in it: it has just been hashed.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="fence">In which turn; null if that is not said.</param>
    /// <exception cref="FileException">A later turn has shared something there; there are too many; or it can't be remembered.</exception>
    public FileStatus Share(InfoDictionary info, string path, Fence? fence)
    {
        var before = files.GetValueOrDefault(info.InfoHash);
        // What the user shared at that place was something else; and what was on its way is here.
        OpenFile[] replaced = [.. files.Values.Where(file => file == before || (file.Held.IsShared && file.Held.Path == path))];
        var fences = Guard(replaced, path, fence);
        if (before is { Fault: null } && (before.Held.IsShared || before.IsComplete))
        {
            if (before.Held.IsShared && !fences.SequenceEqual(before.Held.Fences))
                Keep(before, before.Held with { Fences = fences });
            return before.Status;
        }

        if (files.Count - replaced.Length >= options.KnownMax)
            throw TooMany(options.KnownMax, "files");
        var file = new OpenFile(new HeldFile(info.InfoHash, IsShared: true, path, null) { Fences = fences });
        store.SaveDescription(info);
        store.Save([.. files.Values.Except(replaced).Append(file).Select(one => one.Held)]);
        foreach (var old in replaced)
            Remove(old);
        files.Add(info.InfoHash, file);
        Open(file, info, hashed: true);
        tell(new FileNews.Shared(file.Status));
        return file.Status;
    }

    /// <summary>Fetches a file.</summary>
    /// <param name="id">Which.</param>
    /// <param name="to">Where to, a file or a folder; null for the node's own folder.</param>
    /// <exception cref="FileException">It is elsewhere already, there are too many, or it can't be remembered.</exception>
    public FileStatus Fetch(Sha1Digest id, string? to)
    {
        var before = files.GetValueOrDefault(id);
        if (before is { Fault: null })
        {
            return to is null || to == before.Held.To || to == before.Held.Path ? before.Status : throw new FileException(
                FileProblem.Conflict,
                $"this node {(before.IsComplete ? "has that file already" : "fetches that file already")}: "
                + $"{before.Held.Path ?? before.Held.To ?? "in its own folder"}");
        }

        if (files.Count - (before is null ? 0 : 1) >= options.KnownMax)
            throw TooMany(options.KnownMax, "files");
        if (files.Values.Count(file => file.IsWanted) >= options.WantedMax)
            throw TooMany(options.WantedMax, "files on their way");
        // What came of it before it was given up is ours still.
        var resumed = before is { Held.IsShared: false } && before.Held.To == to ? before.Held.Path : null;
        var wanted = new OpenFile(new HeldFile(id, IsShared: false, resumed, to));
        store.Save([.. files.Values.Where(file => file != before).Append(wanted).Select(file => file.Held)]);
        if (before is not null)
            Remove(before);
        files.Add(id, wanted);
        Open(wanted, null);
        tell(new FileNews.Wanted(wanted.Status));
        return wanted.Status;
    }

    /// <summary>Shares and fetches a file no more.</summary>
    /// <param name="id">Which.</param>
    /// <param name="withData">Whether what was fetched into the node's own folder is deleted.</param>
    /// <returns>It as it was: its path as far as there is something left, and as its fault what could not be deleted.</returns>
    /// <exception cref="FileException">It is not known, or the change can't be remembered.</exception>
    public FileStatus Forget(Sha1Digest id, bool withData)
    {
        if (files.GetValueOrDefault(id) is not { } file)
            throw new FileException(FileProblem.Unknown, $"this node knows no file {id}");
        store.Save([.. files.Values.Where(one => one != file).Select(one => one.Held)]);
        var status = file.Status;
        Remove(file);
        OpenNext();
        var trouble = store.Forget(file.Held, withData);
        var isDeleted = withData && trouble is null && FileStore.IsOurs(file.Held);
        status = status with { Peers = 0, Fault = trouble, Path = isDeleted ? null : status.Path };
        tell(new FileNews.Removed(status));
        return status;
    }

    /// <summary>A member shares files there; null when it shares none, or is gone.</summary>
    public void Noticed(NodeId member, Endpoint? swarm)
    {
        if (swarm is not { } endpoint || endpoint == own)
        {
            members.Remove(member);
            return;
        }

        members[member] = endpoint;
        foreach (var file in files.Values.Where(file => file.IsWanted && !file.IsChecking))
            file.Shell?.Input(now => file.Node?.Learn(now, endpoint));
    }

    /// <summary>Whether a peer may be there.</summary>
    public bool Admits(Endpoint peer) => options.IsAnywhere || Addresses.IsLocal(peer.Address);

    /// <summary>Hands a caller to the file that it comes for, or hangs up.</summary>
    public void Take(Sha1Digest id, Channel channel, Endpoint remote, ReadOnlyMemory<byte> begun)
    {
        if (files.GetValueOrDefault(id)?.Shell is { } shell)
            shell.Take(channel, remote, begun);
        else
            channel.Dispose();
    }

    /// <summary>Answers as the tracker of all files; the whole HTTP response.</summary>
    public byte[] AskedAsTracker(Endpoint from, HttpRequestHead request)
    {
        if (Tracker.FileAskedFor(request) is not { } id || files.GetValueOrDefault(id) is not { Shell: { } shell, Node: { } node })
        {
            return request.IsForeign
                ? HttpAnswer.Write(403, "A web page has no business with a swarm.\n"u8)
                : HttpAnswer.Write(200, new AnnounceAnswer { FailureReason = "this node does not share that file" }.Write(isCompact: true));
        }

        var answer = Array.Empty<byte>();
        shell.Input(now => answer = node.AskedAsTracker(now, from, request));
        return answer;
    }

    /// <summary>Sees to it that the end of the service is no error.</summary>
    public static async void Watch(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
        {
            // The service is being closed.
        }
    }

    public void Dispose()
    {
        loop.AfterBatch = null;
        foreach (var file in files.Values)
            file.Dispose();
    }

    // Two that were shared at different places may become one.
    private static IReadOnlyList<Fence> Guard(IEnumerable<OpenFile> replaced, string path, Fence? mine)
    {
        Fence[] kept =
        [
            .. replaced.SelectMany(file => file.Held.Fences).GroupBy(fence => fence.Lease, StringComparer.Ordinal)
                .Select(same => same.MaxBy(fence => (fence.Epoch, fence.Sequence))),
        ];
        if (mine is not { } fence)
            return [.. kept.Take(Content.FencesMax)];
        if (fence.IsRefusedBy(kept))
        {
            var later = kept.First(one => one.Lease == fence.Lease);
            throw new FileException(
                FileProblem.Fenced, $"{path} is not shared: {fence.ToText()} is over, {later.ToText()} has shared something there");
        }

        return fence.Above(kept) is { Count: <= Content.FencesMax } after ? after : throw TooMany(Content.FencesMax, "fences of a file");
    }

    private void Keep(OpenFile file, HeldFile held)
    {
        store.Save([.. files.Values.Select(one => one == file ? held : one.Held)]);
        file.Held = held;
    }

    private static FileException TooMany(int max, string what) =>
        new(FileProblem.TooMany, $"a node takes {max} {what} at most");

    private void OpenNext()
    {
        while (unopened.Count > 0 && files.Values.Count(file => file.IsChecking) < CheckingMax)
        {
            var file = unopened.Dequeue();
            if (file is { Fault: null, Shell: null } && files.GetValueOrDefault(file.Held.Id) == file)
                Open(file, null);
        }
    }

    private void Open(OpenFile file, InfoDictionary? described, bool hashed = false)
    {
        var memory = new MemoryFile(store.MemoryPath(file.Held.Id), text => tell(new FileNews.Warning(text)));
        var remembered = memory.Load();
        var rng = new Rng((ulong)Random.Shared.NextInt64()); // no secret: see SyncJob
        var node = new Node.Node(
            new NodeSettings
            {
                Finding = new FinderSettings
                {
                    Cluster = "files",
                    Id = NodeId.Random(rng),
                    Boot = 1,
                    Own = own,
                    AnyAddress = options.IsAnywhere,
                },
                Finds = false,
                Swarm = new SwarmSettings
                {
                    PeerId = PeerId.Create(rng),
                    ListenPort = own.Port,
                    DialPace = DialPace,
                    RestsWhenComplete = true,
                },
                Sought = file.Held.Id,
            },
            rng);
        var place = new DataPlace(info => store.PathFor(file, info, () => files.Values.Select(one => one.Held)), file.Held.IsShared);
        var shell = new NodeShell(loop, node, place, memory, happened => Follow(file, happened), budget, Entry)
        {
            Touched = () => Touch(file),
        };
        file.Open(node, shell);
        WatchForFailure(file, shell);
        shell.Start(described, remembered, hashed);
        if (!file.IsChecking)
            Introduce(file);
    }

    private void Follow(OpenFile file, SyncEvent happened)
    {
        switch (happened)
        {
            case SyncEvent.Shared(SwarmEvent.Checked):
                // Not in the midst of its input.
                loop.Post(
                    _ =>
                    {
                        Introduce(file);
                        OpenNext();
                    },
                    null);
                break;
            case SyncEvent.Shared(SwarmEvent.Completed(Repaired: true)) when !file.Held.IsShared:
                loop.Post(_ => tell(new FileNews.Completed(file.Status)), null);
                break;
            case SyncEvent.Shared(SwarmEvent.Unusable(_, var fault)):
                loop.Post(_ => GiveUp(file, $"that file can't be shared here: {fault}"), null);
                break;
            case SyncEvent.Warning(var text):
                tell(new FileNews.Warning(text));
                break;
        }
    }

    // Those who have it are members, or known to one who fetches it too.
    private void Introduce(OpenFile file)
    {
        if (!file.IsWanted)
            return;
        file.Shell?.Input(now =>
        {
            foreach (var member in members.Values)
                file.Node?.Learn(now, member);
        });
    }

    private async void WatchForFailure(OpenFile file, NodeShell shell)
    {
        var reason = await shell.Failed.Task;
        if (file.Shell == shell)
            GiveUp(file, reason is DataFileException ? reason.Message : $"{reason.GetType().Name}: {reason.Message}");
    }

    private void GiveUp(OpenFile file, string why)
    {
        Unschedule(file);
        file.GiveUp(why);
        tell(new FileNews.GivenUp(file.Status));
        OpenNext();
    }

    private void Remove(OpenFile file)
    {
        Unschedule(file);
        file.Dispose();
        files.Remove(file.Held.Id);
    }

    private void Touch(OpenFile file)
    {
        if (file.IsTouched)
            return;
        file.IsTouched = true;
        touched.Add(file);
    }

    private Instant? AfterBatch()
    {
        while (due.Min is { } next && next.Due <= loop.Now)
        {
            Unschedule(next);
            Touch(next);
        }

        for (var i = 0; i < touched.Count; i++)
        {
            var file = touched[i];
            Unschedule(file);
            var at = file.Shell?.AfterBatch();
            file.IsTouched = false;
            file.Due = file.Shell is null ? null : at;
            if (file.Due is not null)
                due.Add(file);
        }

        touched.Clear();
        return due.Min?.Due;
    }

    private void Unschedule(OpenFile file)
    {
        if (file.Due is not null)
            due.Remove(file);
        file.Due = null;
    }
}
