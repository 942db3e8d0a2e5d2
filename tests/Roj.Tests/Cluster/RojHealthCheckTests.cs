using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace Roj.Tests.Cluster;

public sealed class RojHealthCheckTests
{
    private readonly Place place = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_is_healthy_as_long_as_it_runs()
    {
        var node = new RojCluster(place.Options(0), null, null);
        Assert.Equal((HealthStatus.Unhealthy, "the node does not run"), await CheckAsync(node, HealthStatus.Unhealthy)); // not begun
        await node.BeginAsync(Cancelled);
        Assert.Equal((HealthStatus.Healthy, "the node runs and sees 1, itself included"), await CheckAsync(node, HealthStatus.Unhealthy));
        await node.DisposeAsync();
        Assert.Equal((HealthStatus.Degraded, "the node does not run"), await CheckAsync(node, HealthStatus.Degraded));
    }

    [Fact]
    public async Task A_node_that_failed_says_why()
    {
        await using var other = await RojCluster.StartAsync(place.Options(0), cancellation: Cancelled);
        await using var node = new RojCluster(place.Options(0), null, null);
        await Assert.ThrowsAsync<RojException>(() => node.BeginAsync(Cancelled));
        var (status, description) = await CheckAsync(node, HealthStatus.Unhealthy);
        Assert.Equal((HealthStatus.Unhealthy, node.Failure!.Message), (status, description));
    }

    private static async Task<(HealthStatus Status, string? Description)> CheckAsync(RojCluster node, HealthStatus onFailure)
    {
        var check = new RojHealthCheck(node);
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("roj", check, onFailure, null) };
        var result = await check.CheckHealthAsync(context, Cancelled);
        return (result.Status, result.Description);
    }
}
