using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster;

/// <summary>A node as a part of a host.</summary>
public sealed class AddRojTests
{
    private readonly Place place = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_begins_before_the_hosts_services_and_leaves_with_the_host()
    {
        var log = new TestLog();
        await using var witness = await RojCluster.StartAsync(place.Options(0), cancellation: Cancelled);
        var builder = Builder(log);
        builder.Services.AddHostedService<Guest>(); // registered first, and yet it finds the node running
        builder.Services.AddRoj(Tell);
        using (var host = builder.Build())
        {
            await host.StartAsync(Cancelled);
            Assert.True(host.Services.GetRequiredService<IEnumerable<IHostedService>>().OfType<Guest>().Single().FoundItRunning);
            var node = host.Services.GetRequiredService<RojCluster>();
            await Soon.UntilAsync(() => Seen(witness)?.Id == node.Self.Id, "the witness sees it");
            Assert.Contains(log.Lines, line => line.Contains("listening on", StringComparison.Ordinal));
            await host.StopAsync(Cancelled);
            Assert.Equal((false, null), (node.IsRunning, node.Failure));
        }

        await Soon.UntilAsync(() => Seen(witness)?.State == RojMemberState.Left, "the witness heard its farewell");
    }

    [Fact]
    public async Task What_cannot_be_stops_the_start()
    {
        var builder = Builder(new TestLog());
        builder.Services.AddRoj(options => options.Port = 0);
        using var host = builder.Build();
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancelled));
        Assert.StartsWith("RojOptions.Port takes ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Added_twice_it_is_one_node_with_the_options_of_both()
    {
        var services = new ServiceCollection();
        services.AddRoj(Tell).AddRoj(options => options.Name = "twice").AddRoj();
        Assert.Single(services, service => service.ServiceType == typeof(IHostedService));
        await using var provider = services.BuildServiceProvider();
        Assert.Equal("twice", provider.GetRequiredService<IOptions<RojOptions>>().Value.Name);
        var node = provider.GetRequiredService<RojCluster>(); // no log, no meters: neither has to be there
        Assert.Same(node, provider.GetRequiredService<RojCluster>());
        Assert.False(node.IsRunning);
        Assert.Throws<InvalidOperationException>(() => node.Self);
    }

    private void Tell(RojOptions options)
    {
        (options.Cluster, options.Address, options.Port) = (place.Name, place.Address(1), place.Port);
        (options.Name, options.Sweep) = ("hosted", false);
    }

    private static RojMember? Seen(RojCluster witness) => witness.Members.FirstOrDefault(member => member.Name == "hosted");

    private static HostApplicationBuilder Builder(TestLog log)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(log);
        return builder;
    }

    private sealed class Guest(RojCluster node) : IHostedService
    {
        public bool FoundItRunning { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            FoundItRunning = node.IsRunning;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
