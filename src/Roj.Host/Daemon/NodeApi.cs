using System.Diagnostics.Metrics;
using Roj.Election;
using Roj.Host.Http;
using Roj.Host.Pushes;
using Roj.Host.Security;
using Roj.Host.Sharing;
using Roj.Host.Tokens;
using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Host.Daemon;

/// <summary>The HTTP API of a running node.</summary>
public sealed class NodeApi : IAsyncDisposable
{
    private readonly Meter meter;
    private readonly ApiServer server;
    private readonly PushService? pushes;

    private NodeApi(Meter meter, ApiServer server, PushService? pushes) =>
        (this.meter, this.server, this.pushes) = (meter, server, pushes);

    /// <summary>Has the node be asked and followed by HTTP: on its own address, and on the loopback's, where
    /// people and programs of this machine ask.</summary>
    /// <param name="shell">The node.</param>
    /// <param name="self">Who it is.</param>
    /// <param name="options">What it was told.</param>
    /// <param name="events">What happens in it.</param>
    /// <param name="files">Its files; null if it has none.</param>
    /// <exception cref="NodeException">The port can't be had.</exception>
    public static async Task<IAsyncDisposable> StartAsync(
        MemberShell shell, Member self, NodeOptions options, EventLog events, FileService? files = null)
    {
        ArgumentNullException.ThrowIfNull(shell);
        ArgumentNullException.ThrowIfNull(self);
        ArgumentNullException.ThrowIfNull(options);
        var meter = new Meter("Roj");
        PushService? pushes = null;
        var source = new ApiSource
        {
            Events = events,
            Meter = meter,
            Files = files,
            Snapshot = giveUp => shell.AskAsync((neighbourhood, now) => new ApiSnapshot
            {
                Self = neighbourhood.Members.Self,
                Members = neighbourhood.Members.Members,
                Heard = neighbourhood.Members.Heard,
                Now = now,
                Cluster = options.Cluster,
                Refused = neighbourhood.Refusals,
                Dropped = shell.Drops,
                Agreement = shell.Wings.Agreement?.Service?.Status,
                Election = shell.Wings.Election?.Status,
            }).WaitAsync(giveUp),
            Keys = shell.Keys,
            Rotate = shell.Keys is null ? null : (atOnce, giveUp) => shell.RotateAsync(atOnce).WaitAsync(giveUp),
            Unseat = (id, giveUp) => UnseatAsync(shell, id).WaitAsync(giveUp),
            Pass = (message, giveUp) => shell.AskAsync((_, _) =>
                shell.Wings.Election?.Receive(message) ?? (RingRefusal.Stranger, Term.None)).WaitAsync(giveUp),
            Register = (node, giveUp) => shell.AskAsync((_, _) => shell.Wings.Election?.Register(node)).WaitAsync(giveUp),
            Tokens = new TokenDoor(shell),
            Store = () => shell.Wings.Store,
            Pushes = () => pushes,
            Stop = shell.Stop,
            Evict = (id, giveUp) => shell.AskAsync((neighbourhood, now) => neighbourhood.Evict(now, id)).WaitAsync(giveUp),
        };
        try
        {
            var listen = new Endpoint(self.Node.Address, options.HttpPort);
            var api = new ApiOptions
            {
                Listen = listen,
                Also = ApiOptions.LoopbackBeside(listen),
                Name = self.Profile.Name,
                AllowPlainTracker = options.AllowPlainSwarm,
            };
            var server = await ApiServer.StartAsync(api, source, CancellationToken.None);
            if (server.Trouble is { } trouble)
                shell.Warn($"{trouble}; ask the node by --node http://{listen}");
            if (options.DataPath.Length > 0)
                KeepToken(shell.Keys, new TokenFile(options.DataPath, shell.Warn));
            pushes = files is null ? null : new PushService(shell, self, options, files);
            return new NodeApi(meter, server, pushes);
        }
        catch (SyncException e)
        {
            meter.Dispose();
            throw new NodeException($"{e.Message}; --http-port says where");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (pushes is not null)
            await pushes.DisposeAsync();
        await server.DisposeAsync();
        meter.Dispose();
    }

    private static async Task<string?> UnseatAsync(MemberShell shell, NodeId id) =>
        await await shell.AskAsync((_, _) => shell.Wings.Agreement?.Service?.UnseatAsync(id) ?? Task.FromResult<string?>(null));

    private static void KeepToken(ClusterKeys? keys, TokenFile file)
    {
        file.Keep(keys?.Current);
        if (keys is not null)
            keys.Changed = file.Keep;
    }
}
