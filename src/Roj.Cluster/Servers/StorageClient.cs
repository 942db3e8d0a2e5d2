using System.Net;
using System.Text;
using Roj.Host.Storage;
using Roj.Storage;
using Roj.Storage.Resp;

namespace Roj;

/// <summary>A client of a <see cref="StorageRouter"/>: sets, gets and deletes keys of one database. Safe on any thread.</summary>
/// <remarks>
/// <para>It calls its router, and calls again whenever the connection is lost: 20 ms later, then after twice as long each time, 2 s at
/// most. What is asked for meanwhile fails at once, with <see cref="RojStorageProblem.NoRouter"/>.</para>
/// <para>There are two ways to ask. <see cref="SetAsync(string, ReadOnlyMemory{byte}, CancellationToken)"/> and its like are awaited. The
/// other is the seed's: <see cref="SendGet"/> asks, the answer comes into the client's mailbox, and <see cref="Get"/> takes it out.
/// What one thread asks for, one after the other, is done in that order.</para>
/// <para>1,024 questions may be under way, and as many more wait; those that are awaited then wait for their turn, those by mail are
/// refused.</para>
/// </remarks>
public sealed class StorageClient : IAsyncDisposable
{
    /// <summary>Bytes of a key in UTF-8 at most; at least one.</summary>
    public const int KeyBytesMax = StorageLimits.KeyBytesMax;

    /// <summary>Bytes of a value at most; it may be empty.</summary>
    public const int ValueBytesMax = StorageLimits.ValueBytesMax;

    /// <summary>How many databases there are, numbered from 0.</summary>
    public const int Databases = StorageLimits.Databases;

    /// <summary>Answers that the mailbox keeps at most.</summary>
    public const int MailMax = 10_000;

    /// <summary>Bytes of all keys that are listed at most.</summary>
    public const long ListedBytesMax = 256 << 20;

    private static readonly ReadOnlyMemory<byte> batch = "500"u8.ToArray();

    private readonly Starts<ClientHost> starts = new();
    private readonly Mailbox mailbox = new(MailMax);
    private readonly IPEndPoint router;

    /// <summary>A client, which begins with <see cref="StartAsync"/>.</summary>
    /// <param name="routerIp">Where its router takes clients in: an address.</param>
    /// <param name="routerPort">And a port, 1 to 65,535.</param>
    /// <param name="database">Which database it is about, 0 to 15: keys of one are invisible in another.</param>
    /// <exception cref="ArgumentException">One of these can't be.</exception>
    public StorageClient(string routerIp, int routerPort, int database = 0)
    {
        router = StorageArguments.Place(routerIp, routerPort, 1, nameof(routerIp), nameof(routerPort));
        ArgumentOutOfRangeException.ThrowIfNegative(database);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(database, Databases);
        Database = database;
    }

    /// <summary>Which database it is about.</summary>
    public int Database { get; }

    /// <summary>Whether it was started, and not stopped.</summary>
    public bool IsRunning => starts.Running is not null;

    /// <summary>Whether it is connected to its router.</summary>
    public bool IsConnected => starts.Running?.Link is not null;

    /// <summary>How long a router may be silent that has been asked something: it answers within five seconds.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Starts it, and calls the router once. If that does not answer it is called again later; nothing is wrong with
    /// that.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidOperationException">It runs already.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public Task StartAsync(CancellationToken cancellation = default) => starts.StartAsync(
        () =>
        {
            var host = new ClientHost(router, Database, starts.Changed.Raise);
            host.Start();
            return host;
        },
        static begun => begun.Tried,
        cancellation);

    /// <summary>Waits until it is connected to its router.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public Task ConnectedAsync(CancellationToken cancellation = default) => starts.Changed.UntilAsync(() => IsConnected, cancellation);

    /// <summary>Stops it (the seed's <c>turn_off</c>): what has no answer yet fails. The mailbox stays as it is. It may be started
    /// again.</summary>
    public Task StopAsync() => starts.StopAsync();

    /// <summary>The same.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    /// <summary>Has a key hold a value. When this has ended it is on a disk: of each of the key's servers that is up, and for those that
    /// are down of the router.</summary>
    /// <param name="key">Which: 1 to <see cref="KeyBytesMax"/> bytes in UTF-8.</param>
    /// <param name="value">What, at most <see cref="ValueBytesMax"/> bytes; they must not change before this has ended.</param>
    /// <param name="cancellation">Ends the waiting; it may be done all the same.</param>
    /// <exception cref="RojStorageException">It was not kept, or nobody knows (<see cref="RojStorageException.IsApplied"/>).</exception>
    /// <exception cref="ArgumentException">The key is empty or too long, or the value is too long.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public Task SetAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellation = default) =>
        AskAsync(OfSet(key, value), isWrite: true, cancellation);

    /// <summary>The same of a text, in UTF-8.</summary>
    /// <param name="key">Which.</param>
    /// <param name="value">What.</param>
    /// <param name="cancellation">Ends the waiting; it may be done all the same.</param>
    /// <exception cref="RojStorageException">It was not kept, or nobody knows (<see cref="RojStorageException.IsApplied"/>).</exception>
    /// <exception cref="ArgumentException">The key is empty or too long, or the value is too long.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public Task SetAsync(string key, string value, CancellationToken cancellation = default) =>
        SetAsync(key, Encoding.UTF8.GetBytes(value), cancellation);

    /// <summary>What a key holds.</summary>
    /// <param name="key">Which.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RojStorageException"><see cref="RojStorageProblem.NoKey"/>: there is no such key. <see
    /// cref="RojStorageProblem.NoServer"/>: all of its servers are down. <see cref="RojStorageProblem.NoRouter"/>: not
    /// connected.</exception>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<byte[]> GetAsync(string key, CancellationToken cancellation = default) =>
        await AskAsync(Of("GET"u8, key), isWrite: false, cancellation).ConfigureAwait(false) is RespReply.Data { Bytes: { } bytes }
            ? bytes.ToArray()
            : throw new RojStorageException(RojStorageProblem.NoKey, $"there is no key '{key}'");

    /// <summary>The same as text, which it is taken to be in UTF-8.</summary>
    /// <param name="key">Which.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RojStorageException">As with <see cref="GetAsync"/>.</exception>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<string> GetTextAsync(string key, CancellationToken cancellation = default) =>
        Encoding.UTF8.GetString(await GetAsync(key, cancellation).ConfigureAwait(false));

    /// <summary>Deletes a key: it does not come back, whichever server was down meanwhile.</summary>
    /// <param name="key">Which.</param>
    /// <param name="cancellation">Ends the waiting; it may be done all the same.</param>
    /// <returns>Whether a server that is up had it.</returns>
    /// <exception cref="RojStorageException">It was not deleted, or nobody knows (<see cref="RojStorageException.IsApplied"/>).</exception>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<bool> DeleteAsync(string key, CancellationToken cancellation = default) =>
        await AskAsync(Of("DEL"u8, key), isWrite: true, cancellation).ConfigureAwait(false) is RespReply.Number { Value: 1 };

    /// <summary>Whether there is such a key: of the cluster, not of the mailbox.</summary>
    /// <param name="key">Which.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RojStorageException">As with <see cref="GetAsync"/>, but for <see cref="RojStorageProblem.NoKey"/>.</exception>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<bool> ContainsAsync(string key, CancellationToken cancellation = default) =>
        await AskAsync(Of("EXISTS"u8, key), isWrite: false, cancellation).ConfigureAwait(false) is RespReply.Number { Value: 1 };

    /// <summary>The keys of the database that are there now, in order: those that a server has that is up. None is missing that was there
    /// throughout, and whose servers were not all down.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RojStorageException"><see cref="RojStorageProblem.NoServer"/>: no server is up. <see
    /// cref="RojStorageProblem.NoRouter"/>: not connected. <see cref="RojStorageProblem.Full"/>: there are more than <see
    /// cref="ListedBytesMax"/> bytes of them.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<IReadOnlyList<string>> KeysAsync(CancellationToken cancellation = default)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var bytes = 0L;
        var cursor = "0";
        do
        {
            var command = new RespLink.Command("SCAN"u8.ToArray(), Encoding.ASCII.GetBytes(cursor), "COUNT"u8.ToArray(), batch);
            var reply = await AskAsync(command, isWrite: false, cancellation).ConfigureAwait(false);
            if (reply is not RespReply.List { Items: [RespReply.Data { Bytes: { } next }, RespReply.List some] })
                throw Strange();
            foreach (var item in some.Items)
            {
                if (item is not RespReply.Data { Bytes: { } name })
                    throw Strange();
                bytes += name.Length;
                names.Add(Encoding.UTF8.GetString(name.Span));
            }

            if (bytes > ListedBytesMax)
            {
                throw new RojStorageException(RojStorageProblem.Full, $"there are more than {ListedBytesMax >> 20} MiB of keys");
            }

            cursor = Encoding.ASCII.GetString(next.Span);
        }
        while (cursor != "0");
        return [.. names];
    }

    /// <summary>Has a key hold a value, and does not wait for it. Whoever must know whether it was kept uses <see
    /// cref="SetAsync(string, ReadOnlyMemory{byte}, CancellationToken)"/>.</summary>
    /// <param name="key">Which.</param>
    /// <param name="value">What; a copy is made.</param>
    /// <exception cref="RojStorageException"><see cref="RojStorageProblem.NoRouter"/>: not connected. <see
    /// cref="RojStorageProblem.Full"/>: too much is under way.</exception>
    /// <exception cref="ArgumentException">The key is empty or too long, or the value is too long.</exception>
    public void SendSet(string key, ReadOnlySpan<byte> value) => Post(OfSet(key, value.ToArray()));

    /// <summary>The same of a text, in UTF-8.</summary>
    /// <param name="key">Which.</param>
    /// <param name="value">What.</param>
    /// <exception cref="RojStorageException">Likewise.</exception>
    /// <exception cref="ArgumentException">The key is empty or too long, or the value is too long.</exception>
    public void SendSet(string key, string value) => Post(OfSet(key, Encoding.UTF8.GetBytes(value)));

    /// <summary>Asks what a key holds: the answer comes into the mailbox, in place of an earlier one of that key.</summary>
    /// <param name="key">Which.</param>
    /// <exception cref="RojStorageException"><see cref="RojStorageProblem.NoRouter"/>: not connected. <see
    /// cref="RojStorageProblem.Full"/>: too much is under way, or <see cref="MailMax"/> answers lie in the mailbox.</exception>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    public void SendGet(string key)
    {
        var command = Of("GET"u8, key);
        var letter = mailbox.Expect(key);
        try
        {
            Post(command);
        }
        catch
        {
            mailbox.Forget(key, letter);
            throw;
        }

        _ = DeliverAsync(command, reply =>
        {
            if (reply is RespReply.Data { Bytes: { } bytes })
                letter.TrySetResult(bytes.ToArray());
            else
                letter.TrySetException(new RojStorageException(RojStorageProblem.NoKey, $"there is no key '{key}'"));
        }, letter.TrySetException);
    }

    /// <summary>Takes the answer for a key out of the mailbox: it is not there any more then.</summary>
    /// <param name="key">Which.</param>
    /// <exception cref="KeyNotFoundException">It has not come yet, or was not asked for, or was taken out already.</exception>
    /// <exception cref="RojStorageException">What came is that there is no such key, or that it could not be read; as with <see
    /// cref="GetAsync"/>.</exception>
    public byte[] Get(string key) => mailbox.Take(key);

    /// <summary>Whether the answer for a key lies in the mailbox, be it that there is no such key.</summary>
    /// <param name="key">Which.</param>
    public bool Contains(string key) => mailbox.Has(key);

    /// <summary>Asks which keys there are: the answer comes into the mailbox.</summary>
    /// <exception cref="RojStorageException"><see cref="RojStorageProblem.NoRouter"/>: not connected. <see
    /// cref="RojStorageProblem.Full"/>: too many lists are on their way.</exception>
    public void SendGetKeys()
    {
        if (!IsConnected)
            throw NoRouter(isApplied: false);
        mailbox.ExpectKeys(() => KeysAsync());
    }

    /// <summary>Takes the keys out of the mailbox; none if they have not come yet.</summary>
    /// <exception cref="RojStorageException">What came is that they could not be listed.</exception>
    public IReadOnlyList<string> Keys() => mailbox.TakeKeys();

    private static RespLink.Command OfSet(string key, ReadOnlyMemory<byte> value) =>
        new("SET"u8.ToArray(), StorageArguments.Key(key), StorageArguments.Value(value));

    private static RespLink.Command Of(ReadOnlySpan<byte> word, string key) => new(word.ToArray(), StorageArguments.Key(key));

    private static RojStorageException Strange() => new(RojStorageProblem.Failed, "what answers is no router of this version of Roj");

    private RojStorageException NoRouter(bool? isApplied) => new(
        RojStorageProblem.NoRouter,
        isApplied is false ? $"not connected to the router at {router}" : $"the connection to the router at {router} was lost",
        isApplied);

    private async Task<RespReply> AskAsync(RespLink.Command command, bool isWrite, CancellationToken cancellation)
    {
        if (starts.Running?.Link is not { } link || !await link.AskAsync(command, cancellation).ConfigureAwait(false))
            throw NoRouter(isApplied: false);
        RespReply? reply;
        try
        {
            reply = await command.Ended.WaitAsync(Patience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            link.Dispose(); // who is silent for so long is gone, or has lost count
            throw new RojStorageException(
                RojStorageProblem.TimedOut, $"the router at {router} did not answer", isWrite ? null : false, e);
        }

        return Checked(command, reply, isWrite);
    }

    private RespReply Checked(RespLink.Command command, RespReply? reply, bool isWrite)
    {
        if (reply is null)
            throw NoRouter(isWrite && command.WasSent ? null : false);
        if (reply is not RespReply.Error(var text))
            return reply;
        var cut = text.IndexOf(' ', StringComparison.Ordinal);
        var (word, why) = cut < 0 ? (text, text) : (text[..cut], text[(cut + 1)..]);
        throw word switch
        {
            "NOSERVER" => new RojStorageException(RojStorageProblem.NoServer, why),
            "FULL" => new RojStorageException(RojStorageProblem.Full, why),
            "UNKNOWN" => new RojStorageException(RojStorageProblem.TimedOut, why, isApplied: null),
            "APPLIED" => new RojStorageException(RojStorageProblem.Failed, why, isApplied: true),
            _ => new RojStorageException(RojStorageProblem.Failed, why),
        };
    }

    private void Post(RespLink.Command command)
    {
        if (starts.Running?.Link is not { } link)
            throw NoRouter(isApplied: false);
        if (link.TryAsk(command))
            return;
        throw link.Ended.IsCompleted
            ? NoRouter(isApplied: false)
            : new RojStorageException(RojStorageProblem.Full, "too much is under way");
    }

    private async Task DeliverAsync(RespLink.Command command, Action<RespReply> take, Func<Exception, bool> fail)
    {
        try
        {
            take(Checked(command, await command.Ended.ConfigureAwait(false), isWrite: false));
        }
        catch (RojStorageException e)
        {
            fail(e);
        }
    }
}
