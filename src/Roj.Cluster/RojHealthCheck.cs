using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Roj;

/// <summary>A node that runs is healthy, however many others it sees: alone, it is a cluster too.</summary>
/// <remarks>Added by <c>AddHealthChecks().AddCheck&lt;RojHealthCheck&gt;("roj")</c>, beside <c>AddRoj</c>.</remarks>
/// <param name="cluster">The node.</param>
public sealed class RojHealthCheck(RojCluster cluster) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var here = cluster.Members.Count(member => member.IsHere);
        return Task.FromResult(cluster.IsRunning
            ? HealthCheckResult.Healthy($"the node runs and sees {here}, itself included")
            : new HealthCheckResult(
                context.Registration.FailureStatus, cluster.Failure?.Message ?? "the node does not run", cluster.Failure));
    }
}
