using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Roj.Files.Metadata;
using Roj.Files.Tracking;
using Roj.Host.Disk;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;

namespace Roj.Host.Sharing;

/// <summary>The files of a node: shares and fetches many at once, by content id, with every member that does the same.</summary>
/// <remarks>May be called on any thread. It has a loop and a thread of its own: a slow disk or a busy swarm delays nobody else.
/// What is shared or on its way goes on after a restart.</remarks>
public sealed class FileService : IAsyncDisposable
{
    private static readonly TimeSpan LookPace = TimeSpan.FromMilliseconds(100);

    private readonly FileServiceOptions options;
    private readonly Action<FileNews> tell;
    private readonly EventLoop loop = new();
    private readonly Socket listener;
    private readonly FileStore store;
    private readonly FileShelf shelf;
    private readonly SocketBudget budget;
    private readonly SemaphoreSlim hashing;
    private readonly CancellationTokenSource closing = new();
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FileService(FileServiceOptions options, Socket listener, Action<FileNews> tell)
    {
        (this.options, this.listener, this.tell) = (options, listener, tell);
        Own = ((System.Net.IPEndPoint)listener.LocalEndPoint!).ToRoj();
        store = new FileStore(options.DataPath, options.KnownMax);
        budget = new SocketBudget(options.SocketsMax, options.DialledMax);
        hashing = new SemaphoreSlim(options.HashingMax);
        shelf = new FileShelf(loop, options, Own, store, budget, tell);
    }

    /// <summary>Where peers can call: members are told its port.</summary>
    public Endpoint Own { get; }

    /// <summary>Has the cluster agree that a file of that name is shared in a turn, or throws a <see cref="FileException"/>; null where
    /// nobody can be asked.</summary>
    internal Func<InfoDictionary, Fence, Task>? Agrees { get; set; }

    /// <summary>Listens, and takes up what was shared and on its way in the last life.</summary>
    /// <param name="options">What the service is told.</param>
    /// <param name="tell">Called on the service's thread for everything that happens: it must not wait.</param>
    /// <exception cref="FileException">What is remembered can't be read, no port is to be had, or OpenSSL is missing.</exception>
    public static FileService Start(FileServiceOptions options, Action<FileNews> tell)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(tell);
        if (options.Keys is not null && TlsLibrary.Fault() is { } fault)
            throw new FileException(FileProblem.Failed, fault);
        var service = new FileService(options, Listen(options.Listen, tell), tell);
        try
        {
            var remembered = service.store.Load();
            new Thread(() => service.Run(remembered)) { IsBackground = true, Name = "files" }.Start();
            return service;
        }
        catch
        {
            service.listener.Dispose();
            throw;
        }
    }

    /// <summary>Shares a file where it is, from when it has been hashed until it changes; in this life of the node and the next ones.
    /// </summary>
    /// <param name="path">Where it is; absolute.</param>
    /// <param name="giveUp">Ends the hashing.</param>
    /// <returns>How it stands, its id included.</returns>
    /// <exception cref="FileException">It can't be shared.</exception>
    /// <exception cref="OperationCanceledException">It was given up, or the node has ended.</exception>
    public Task<FileStatus> ShareAsync(string path, CancellationToken giveUp = default) => ShareAsync(path, null, giveUp);

    /// <summary>Shares a file where it is, in a turn: refused where in a later one something was shared at that place; and, where the
    /// cluster agrees by majority, where something of that name was shared in a later one at any node.</summary>
    /// <param name="path">Where it is; absolute.</param>
    /// <param name="fence">Which turn; null for none: then nothing is refused, and what is kept of others stays.</param>
    /// <param name="giveUp">Ends the hashing.</param>
    /// <returns>How it stands, its id included.</returns>
    /// <exception cref="FileException">It can't be shared.</exception>
    /// <exception cref="OperationCanceledException">It was given up, or the node has ended.</exception>
    public async Task<FileStatus> ShareAsync(string path, Fence? fence, CancellationToken giveUp = default)
    {
        var full = FullPath(path);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(giveUp, closing.Token);
        await hashing.WaitAsync(either.Token).ConfigureAwait(false);
        try
        {
            var info = await new Describing(full).RunAsync(either.Token).ConfigureAwait(false);
            if (fence is { } turn && Agrees is { } agrees)
                await agrees(info, turn).WaitAsync(either.Token).ConfigureAwait(false);
            return await AskAsync(() => shelf.Share(info, full, fence), giveUp).ConfigureAwait(false);
        }
        catch (SyncException e)
        {
            throw new FileException(FileProblem.Unusable, e.Message);
        }
        finally
        {
            hashing.Release();
        }
    }

    /// <summary>Fetches a file from the members that have it, or will have it some day; from then on it is shared.</summary>
    /// <param name="id">Which: 40 hexadecimal digits.</param>
    /// <param name="to">Where to, absolute: a file that is not there yet, or a folder that is; null for the node's data directory.</param>
    /// <param name="giveUp">Ends the waiting for this answer.</param>
    /// <returns>How it stands; it is usually not complete: see <see cref="FollowAsync"/>.</returns>
    /// <exception cref="FileException">It can't be fetched, or not to there.</exception>
    /// <exception cref="OperationCanceledException">It was given up, or the node has ended.</exception>
    public Task<FileStatus> FetchAsync(string id, string? to = null, CancellationToken giveUp = default)
    {
        var file = Parse(id);
        var place = to is null ? null : FullPath(to);
        return AskAsync(
            () =>
            {
                if (place is not null && shelf.Find(file) is null or { Fault: not null })
                    Check(place!);
                return shelf.Fetch(file, place);
            },
            giveUp);
    }

    /// <summary>Shares and fetches a file no more. One that was shared where it is stays there, as does one that was fetched to a place
    /// of the user's; one in the node's data directory stays unless <paramref name="withData"/>.</summary>
    /// <param name="id">Which: 40 hexadecimal digits.</param>
    /// <param name="withData">Whether what was fetched into the node's data directory is deleted.</param>
    /// <param name="giveUp">Ends the waiting for this answer.</param>
    /// <returns>It as it was: its path as far as there is something left, and as its fault what could not be deleted.</returns>
    /// <exception cref="FileException">The id makes no sense, this node does not know the file, or the disk refused.</exception>
    /// <exception cref="OperationCanceledException">It was given up, or the node has ended.</exception>
    public Task<FileStatus> RemoveAsync(string id, bool withData = false, CancellationToken giveUp = default)
    {
        var file = Parse(id);
        return AskAsync(() => shelf.Forget(file, withData), giveUp);
    }

    /// <summary>How all files stand, by id.</summary>
    /// <exception cref="OperationCanceledException">It was given up, or the node has ended.</exception>
    public Task<IReadOnlyList<FileStatus>> ListAsync(CancellationToken giveUp = default) => AskAsync(() => shelf.List, giveUp);

    /// <summary>Who has how much of the files, as this node knows: of those on their way first, then by id.</summary>
    /// <param name="countMax">Of how many files at most.</param>
    /// <param name="giveUp">Ends the waiting for this answer.</param>
    /// <returns>That, and how many files there are in all.</returns>
    /// <exception cref="OperationCanceledException">It was given up, or the node has ended.</exception>
    public Task<(IReadOnlyList<FileShares> Shares, int Count)> SharesAsync(int countMax, CancellationToken giveUp = default) =>
        AskAsync(() => (shelf.Shares(countMax), shelf.Count), giveUp);

    /// <summary>How one file stands; null if this node does not know it.</summary>
    /// <exception cref="FileException">The id makes no sense.</exception>
    /// <exception cref="OperationCanceledException">It was given up, or the node has ended.</exception>
    public Task<FileStatus?> FindAsync(string id, CancellationToken giveUp = default)
    {
        var file = Parse(id);
        return AskAsync(() => shelf.Find(file), giveUp);
    }

    /// <summary>How one file stands, now and whenever that has changed, until it is complete or given up.</summary>
    /// <exception cref="FileException">The id makes no sense, or this node does not know the file.</exception>
    /// <exception cref="OperationCanceledException">It was given up, or the node has ended.</exception>
    public async IAsyncEnumerable<FileStatus> FollowAsync(string id, [EnumeratorCancellation] CancellationToken giveUp = default)
    {
        for (FileStatus? last = null; last is not { IsSettled: true }; await Task.Delay(LookPace, giveUp).ConfigureAwait(false))
        {
            var status = await FindAsync(id, giveUp).ConfigureAwait(false)
                ?? throw new FileException(FileProblem.Unknown, $"this node knows no file {id}");
            if (status != last)
                yield return status;
            last = status;
            if (status.IsSettled)
                yield break;
        }
    }

    /// <summary>A member shares files there; null when it shares none any more. It is called by whoever knows the members.</summary>
    public void Noticed(NodeId member, Endpoint? swarm) => loop.Post(_ => shelf.Noticed(member, swarm), null);

    /// <summary>Answers as the tracker of all files (BEP 3, BEP 23); the bytes are the whole HTTP response.</summary>
    internal Task<byte[]> AnswerAsTrackerAsync(Endpoint from, HttpRequestHead request, CancellationToken giveUp) =>
        AskAsync(() => shelf.AskedAsTracker(from, request), giveUp);

    /// <summary>Ends the service: nothing is shared or fetched any more. What is on disk is taken up by the next one.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        stopped.TrySetResult();
        await ended.Task.ConfigureAwait(false);
    }

    private static Socket Listen(Endpoint wanted, Action<FileNews> tell)
    {
        try
        {
            return Bind(wanted);
        }
        catch (SocketException e) when (wanted.Port != 0)
        {
            try
            {
                var other = Bind(wanted.WithPort(0));
                tell(new FileNews.Warning(
                    $"cannot share files on {wanted} (TCP): {SystemReason.Of(e)}; doing it on port "
                    + $"{((System.Net.IPEndPoint)other.LocalEndPoint!).Port}, as members are told. --swarm-port says where"));
                return other;
            }
            catch (SocketException)
            {
                throw new FileException(
                    FileProblem.Failed, $"cannot share files on {wanted} (TCP): {SystemReason.Of(e)}; --swarm-port says where");
            }
        }
    }

    private static Socket Bind(Endpoint at)
    {
        const int Backlog = 128;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // No ReuseAddress: the runtime's lets two listeners share a port, and allows what an earlier life left by itself.
            LinuxSocket.DeferAccept(socket);
            socket.Bind(at.ToSystem());
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Sha1Digest Parse(string id) => Sha1Digest.TryParse(id, out var file) && !file.IsZero ? file : throw new FileException(
        FileProblem.Malformed, $"'{(id?.Length > 64 ? id[..64] + "…" : id)}' is no file id: that is 40 hexadecimal digits");

    private static string FullPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!FileList.IsPath(path))
            throw new FileException(FileProblem.Malformed, $"a path is absolute and has {FileList.PathBytesMax} bytes at most");
        return Path.GetFullPath(path);
    }

    // A mistake in the place should show at once, not when the name of the file is known.
    private static void Check(string place)
    {
        if (Directory.Exists(place))
            return;
        if (new FileInfo(place) is { Exists: true, Length: > 0 })
            throw new FileException(FileProblem.Conflict, $"{place} is there already: move it away, or fetch to another place");
        if (!Directory.Exists(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(place))) || Path.EndsInDirectorySeparator(place))
            throw new FileException(FileProblem.Unusable, $"cannot write {place}: there is no such directory");
    }

    private void Run(IReadOnlyList<HeldFile> remembered)
    {
        try
        {
            loop.Run(() => LiveAsync(remembered));
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    private async Task LiveAsync(IReadOnlyList<HeldFile> remembered)
    {
        using var door = new FileDoor(listener, budget, shelf, shelf.Entry);
        using (shelf)
        {
            shelf.Start(remembered);
            FileShelf.Watch(door.AcceptAsync());
            await stopped.Task;
        }
    }

    private Task<T> AskAsync<T>(Func<T> question, CancellationToken giveUp)
    {
        if (giveUp.IsCancellationRequested)
            return Task.FromCanceled<T>(giveUp); // else the answer may be there first
        var asked = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(
            _ =>
            {
                try
                {
                    if (!closing.IsCancellationRequested)
                        asked.TrySetResult(question());
                }
                catch (FileException e)
                {
                    asked.TrySetException(e);
                }
            },
            null);
        return WaitAsync(asked.Task, giveUp);
    }

    private async Task<T> WaitAsync<T>(Task<T> task, CancellationToken giveUp)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(giveUp, closing.Token);
        return await task.WaitAsync(either.Token).ConfigureAwait(false);
    }
}
