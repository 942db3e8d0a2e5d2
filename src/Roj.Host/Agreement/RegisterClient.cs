using System.Net.Sockets;
using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Host.Daemon;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Keeping.Wire;

namespace Roj.Host.Agreement;

/// <summary>Asks a node to change and read registers, over one connection; from any thread, as many at a time as the node takes.</summary>
/// <remarks>When the connection breaks, what was under way ends as <see cref="Applied.Unknown"/>. A change may be asked for again by its
/// own id, of any node, and is applied once all the same.</remarks>
public sealed class RegisterClient : IAsyncDisposable
{
    private const int AttemptsMax = 10;

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HelloPatience = TimeSpan.FromSeconds(3);

    private readonly Channel channel;
    private readonly NodeId self;
    private readonly Lock gate = new();
    private readonly Dictionary<ChangeId, TaskCompletionSource<Outcome>> waiting = [];
    private readonly Task reading;
    private byte[] gathering = new byte[1024];
    private byte[] sending = new byte[1024];
    private int gathered;
    private bool isSending;
    private bool isClosed;
    private ulong sequence;

    private RegisterClient(Channel channel, NodeId self, NodeId node)
    {
        (this.channel, this.self, Node) = (channel, self, node);
        reading = Task.Run(ReadAsync);
    }

    /// <summary>The node that is asked.</summary>
    public NodeId Node { get; }

    /// <summary>Calls a node.</summary>
    /// <param name="node">Where it listens to other nodes.</param>
    /// <param name="cluster">The name of its cluster.</param>
    /// <param name="key">The cluster's key; null if it has none.</param>
    /// <exception cref="NodeException">It can't be reached, or is none of that cluster.</exception>
    public static async Task<RegisterClient> ConnectAsync(Endpoint node, string cluster = "roj", ClusterKey? key = null)
    {
        var self = Identity.Draw();
        var own = new LinkHello(LinkKind.Client, SwimCodec.ClusterHash(cluster), self, 0);
        var tls = key is null ? null : new Tls(new ClusterKeys(Keyring.Of([key])), Tls.Clients);
        var made = await Caller.CallAsync(node, null, own, tls, (ConnectPatience, HelloPatience)).ConfigureAwait(false);
        for (var attempt = 1; made is null && attempt < AttemptsMax; attempt++)
        {
            // A node takes few callers of one address at a time: who comes with many comes again.
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(10, 100))).ConfigureAwait(false);
            made = await Caller.CallAsync(node, null, own, tls, (ConnectPatience, HelloPatience)).ConfigureAwait(false);
        }

        return made is var (channel, hello)
            ? new RegisterClient(channel, self, hello.Id)
            : throw new NodeException(
                $"no node in agreement answers at {node}: it is not there, was started without --expect, is of another cluster than this "
                + "client, or has another key");
    }

    /// <summary>A new id for a change that may have to be asked for again.</summary>
    public ChangeId NextId() => new(self, 1, Interlocked.Increment(ref sequence));

    /// <summary>Changes a register.</summary>
    /// <param name="name">Which.</param>
    /// <param name="change">What to do with it.</param>
    /// <param name="id">The id of the change, if it was asked for before; null for a new one.</param>
    /// <param name="triedSince">If it was asked for before: at which version at the earliest, 0 if that is not known.</param>
    /// <param name="askedAt">If it was not, but will be, of this node or another, if no answer comes in time: at which version at the
    /// earliest. What was not answered may lie in a buffer for long; without this it would be made once more when it comes.</param>
    public Task<Outcome> ChangeAsync(
        RegisterName name, RegisterChange change, ChangeId? id = null, ulong? triedSince = null, ulong? askedAt = null)
    {
        ArgumentNullException.ThrowIfNull(change);
        return AskAsync(name, change, id ?? NextId(), triedSince, askedAt);
    }

    /// <summary>Reads a register.</summary>
    /// <param name="name">Which.</param>
    public Task<Outcome> ReadAsync(RegisterName name) => AskAsync(name, null, NextId(), null, null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        channel.Dispose();
        await reading.ConfigureAwait(false);
    }

    private Task<Outcome> AskAsync(RegisterName name, RegisterChange? change, ChangeId id, ulong? since, ulong? askedAt)
    {
        var asked = new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var frame = AgreementCodec.Write(new AgreementMessage.Forward(0, name, id, change, since) { AskedAt = askedAt });
        bool begins;
        lock (gate)
        {
            if (isClosed)
                return Task.FromResult(new Outcome(id, Applied.No, Refusal.TimedOut, 0, null)); // it was not even sent
            if (!waiting.TryAdd(id, asked))
                throw new ArgumentException("this change is under way already", nameof(id));
            if (gathered + frame.Length > gathering.Length)
                Array.Resize(ref gathering, Math.Max(gathered + frame.Length, 2 * gathering.Length));
            frame.CopyTo(gathering, gathered);
            gathered += frame.Length;
            begins = !isSending;
            isSending = true;
        }

        if (begins)
            _ = SendAsync();
        return asked.Task;
    }

    private async Task SendAsync()
    {
        try
        {
            await Task.Yield(); // who was answered together asks together: once, not each for itself
            while (true)
            {
                int length;
                lock (gate)
                {
                    if (gathered == 0)
                    {
                        isSending = false;
                        return;
                    }

                    (gathering, sending, length, gathered) = (sending, gathering, gathered, 0);
                }

                await channel.SendAsync(sending.AsMemory(0, length)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            channel.Dispose(); // the reading ends, and with it all that waits
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (var held = 0; ;)
            {
                if (held == buffer.Length)
                    Array.Resize(ref buffer, Math.Min(2 * held, AgreementCodec.LengthMax));
                var received = await channel.ReceiveAsync(buffer.AsMemory(held)).ConfigureAwait(false);
                held += received;
                if (received == 0 || !TryTakeAll(buffer.AsSpan(0, held), out var rest))
                    return;
                buffer.AsSpan(held - rest, rest).CopyTo(buffer);
                held = rest;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed by one side or the other.
        }
        finally
        {
            End();
        }
    }

    private bool TryTakeAll(ReadOnlySpan<byte> bytes, out int rest)
    {
        while (true)
        {
            rest = bytes.Length;
            var status = AgreementCodec.TryRead(bytes, out var message, out var consumed);
            if (status is not ReadStatus.Done)
                return status is ReadStatus.NeedMore;
            bytes = bytes[consumed..];
            if (message is AgreementMessage.Answer(var outcome) && Take(outcome.Id) is { } asked)
                asked.SetResult(outcome);
        }
    }

    private TaskCompletionSource<Outcome>? Take(ChangeId id)
    {
        lock (gate)
            return waiting.Remove(id, out var asked) ? asked : null;
    }

    private void End()
    {
        channel.Dispose();
        KeyValuePair<ChangeId, TaskCompletionSource<Outcome>>[] left;
        lock (gate)
        {
            isClosed = true;
            left = [.. waiting];
            waiting.Clear();
        }

        foreach (var (id, asked) in left)
            asked.SetResult(new Outcome(id, Applied.Unknown, Refusal.None, 0, null));
    }
}
