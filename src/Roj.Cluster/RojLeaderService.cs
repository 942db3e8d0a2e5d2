using Microsoft.Extensions.Hosting;

namespace Roj;

/// <summary>A background service of which one runs in the whole cluster: where the leader is. Added by
/// <c>services.AddHostedService&lt;T&gt;()</c>, beside <c>AddRoj</c>.</summary>
/// <remarks>
/// <para><see cref="LeadAsync"/> is called each time this node begins to lead, and told by its token when that ends.</para>
/// <para>If it returns, its work is done: it is called again in the next term that this node leads in, not in this one.</para>
/// <para>If it throws, that is treated as in any <see cref="BackgroundService"/>: unless the host is told to ignore it
/// (<c>HostOptions.BackgroundServiceExceptionBehavior</c>), the program stops; it hands over to another node then. An <see
/// cref="OperationCanceledException"/> is none, once the token has been cancelled.</para>
/// <para>If it takes no notice of its token, nothing can end it: that is logged as an error when its time is over, and it is not called
/// anew before it has returned. Where it runs twice meanwhile, here and at the next leader, only the term tells who is late: hand it to
/// whatever is written to, as a fence.</para>
/// <para>When the host stops, the token is cancelled, and the leadership is handed over when all services have stopped.</para>
/// </remarks>
/// <param name="cluster">The node.</param>
public abstract class RojLeaderService(RojCluster cluster) : BackgroundService
{
    /// <summary>What is done while this node leads.</summary>
    /// <param name="term">The leadership.</param>
    /// <param name="lost">Cancelled when it ends: where a majority agrees, a tenth of the lease before another may lead.</param>
    protected abstract Task LeadAsync(RojTerm term, CancellationToken lost);

    /// <inheritdoc/>
    protected sealed override Task ExecuteAsync(CancellationToken stoppingToken) => cluster.WhileLeadingAsync(LeadAsync, stoppingToken);
}
