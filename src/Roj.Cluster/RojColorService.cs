using Microsoft.Extensions.Hosting;

namespace Roj;

/// <summary>A background service that runs while this node has a color, anew with each change of it. Added by
/// <c>services.AddHostedService&lt;T&gt;()</c>, beside <c>AddRoj</c>.</summary>
/// <remarks>Who returns, throws, or takes no notice of the token is treated as by <see cref="RojLeaderService"/>. Colors are not granted:
/// while members come and go they are those of a moment ago, and more than a third may think that it is green.</remarks>
/// <param name="cluster">The node.</param>
public abstract class RojColorService(RojCluster cluster) : BackgroundService
{
    /// <summary>What is done while this node has a color.</summary>
    /// <param name="color">Green or red.</param>
    /// <param name="over">Cancelled when it has another, or none.</param>
    protected abstract Task PlayAsync(RojColor color, CancellationToken over);

    /// <inheritdoc/>
    protected sealed override Task ExecuteAsync(CancellationToken stoppingToken) => cluster.WhileColoredAsync(PlayAsync, stoppingToken);
}
