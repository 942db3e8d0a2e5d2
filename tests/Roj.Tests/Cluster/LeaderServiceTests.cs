using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cluster;

/// <summary>Background services of which one runs in the whole cluster, in hosts.</summary>
public sealed class LeaderServiceTests
{
    private readonly Place place = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_runs_in_one_of_two_programs_and_then_in_the_other()
    {
        using var one = Build(0);
        using var other = Build(1);
        await one.StartAsync(Cancelled);
        await other.StartAsync(Cancelled);
        var (leader, follower) = await LeaderAsync(one, other);
        await leader.StopAsync(Cancelled);
        Assert.Equal(0, ReportOf(leader).Running);
        await Soon.UntilAsync(() => ReportOf(follower).Running == 1, "the other one runs");
        await Soon.UntilAsync(() => follower.Services.GetRequiredService<Dance>().Colors.LastOrDefault() is RojColor.Green, "it is green");
        await follower.StopAsync(Cancelled);
        Assert.Equal(0, ReportOf(one).Running + ReportOf(other).Running);
    }

    [Fact]
    public async Task One_that_throws_stops_its_program_and_another_program_takes_over()
    {
        using var one = Build(0);
        using var other = Build(1);
        await one.StartAsync(Cancelled);
        await other.StartAsync(Cancelled);
        var (leader, follower) = await LeaderAsync(one, other);
        ReportOf(leader).Break();
        var stopping = leader.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        await Soon.UntilAsync(() => stopping.IsCancellationRequested, "its program is to stop");
        await leader.StopAsync(Cancelled); // as a program does that is to
        await Soon.UntilAsync(() => ReportOf(follower).Running == 1, "the other one runs");
        Assert.False(leader.Services.GetRequiredService<RojCluster>().IsRunning);
        await follower.StopAsync(Cancelled);
    }

    // Both name the same leader, and its report runs.
    private static async Task<(IHost Leader, IHost Follower)> LeaderAsync(IHost one, IHost other)
    {
        var (first, second) = (one.Services.GetRequiredService<RojCluster>(), other.Services.GetRequiredService<RojCluster>());
        await Soon.UntilAsync(
            () => first.Leader is { } term && term == second.Leader
                && ReportOf(one).Running == (term.Leader == first.Self.Id ? 1 : 0)
                && ReportOf(other).Running == (term.Leader == second.Self.Id ? 1 : 0),
            "one leads, and its report runs");
        return first.IsLeader ? (one, other) : (other, one);
    }

    private static Report ReportOf(IHost host) => host.Services.GetRequiredService<Report>();

    private IHost Build(int index)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new TestLog());
        builder.Services.AddRoj(options => (options.Cluster, options.Address, options.Port, options.Sweep) =
            (place.Name, place.Address(index), place.Port, false));
        builder.Services.AddSingleton<Report>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Report>());
        builder.Services.AddSingleton<Dance>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Dance>());
        return builder.Build();
    }

    private sealed class Report(RojCluster cluster) : RojLeaderService(cluster)
    {
        private readonly TaskCompletionSource broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int running;

        public int Running => Volatile.Read(ref running);

        public void Break() => broken.SetException(new InvalidDataException("the report is broken"));

        protected override async Task LeadAsync(RojTerm term, CancellationToken lost)
        {
            Interlocked.Increment(ref running);
            try
            {
                await broken.Task.WaitAsync(lost);
            }
            finally
            {
                Interlocked.Decrement(ref running);
            }
        }
    }

    private sealed class Dance(RojCluster cluster) : RojColorService(cluster)
    {
        public ConcurrentQueue<RojColor> Colors { get; } = new();

        protected override Task PlayAsync(RojColor color, CancellationToken over)
        {
            Colors.Enqueue(color);
            return Task.CompletedTask;
        }
    }
}
