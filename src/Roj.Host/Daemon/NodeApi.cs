using System.Diagnostics.Metrics;
using Roj.Host.Http;
using Roj.Host.Security;
using Roj.Host.Sharing;
using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Host.Daemon;

/// <summary>The HTTP API of a running node.</summary>
public sealed class NodeApi : IAsyncDisposable
{
    private readonly Meter meter;
    private readonly ApiServer server;
    private readonly ClusterKeys? keys;
    private readonly TokenFile? tokenFile; // null: nothing is kept

    private NodeApi(Meter meter, ApiServer server, ClusterKeys? keys, TokenFile? tokenFile)
    {
        (this.meter, this.server, this.keys, this.tokenFile) = (meter, server, keys, tokenFile);
        KeysChanged();
    }

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
        var source = new ApiSource
        {
            Events = events,
            Meter = meter,
            Files = files,
            Snapshot = giveUp => shell.AskAsync((neighbourhood, now) => new ApiSnapshot
            {
                Self = neighbourhood.Members.Self,
                Members = neighbourhood.Members.Members,
                Now = now,
                Cluster = options.Cluster,
                Refused = neighbourhood.Refusals,
            }).WaitAsync(giveUp),
            Keys = shell.Keys,
            Evict = (id, giveUp) => shell.AskAsync((neighbourhood, now) => neighbourhood.Evict(now, id)).WaitAsync(giveUp),
        };
        try
        {
            var listen = new Endpoint(self.Node.Address, options.HttpPort);
            var api = new ApiOptions { Listen = listen, Also = ApiOptions.LoopbackBeside(listen), Name = self.Profile.Name };
            var server = await ApiServer.StartAsync(api, source, CancellationToken.None);
            if (server.Trouble is { } trouble)
                shell.Warn($"{trouble}; ask the node by --node http://{listen}");
            var tokenFile = options.DataPath.Length > 0 ? new TokenFile(options.DataPath, shell.Warn) : null;
            return new NodeApi(meter, server, shell.Keys, tokenFile);
        }
        catch (SyncException e)
        {
            meter.Dispose();
            throw new NodeException($"{e.Message}; --http-port says where");
        }
    }

    /// <summary>Other keys are in force: requests are judged by them already; this has the token file follow. On the node's
    /// thread.</summary>
    public void KeysChanged() => tokenFile?.Keep(keys?.Current);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        meter.Dispose();
    }
}
