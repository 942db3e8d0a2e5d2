using Microsoft.Extensions.Hosting;

namespace Roj;

/// <summary>Runs the node as long as the host runs: begun before other services start, gone after they have stopped.</summary>
internal sealed class RojService(RojCluster cluster) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => cluster.BeginAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => cluster.LeaveAsync(cancellationToken);
}
