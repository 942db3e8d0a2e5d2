using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Playwright;
using Roj.Host.Http;
using Roj.Host.Http.Views;
using Roj.Host.Security;
using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Browser;

/// <summary>The real server with the real page, of a cluster that there is not: the overview is whatever the test says.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly Meter meter = new("Roj");
    private ApiServer? server;

    public EventLog Events { get; } = new();

    /// <summary>What the node says of everything.</summary>
    public OverviewView Overview { get; set; } = Cast.Of(5);

    /// <summary>Where the page is.</summary>
    public string Url => $"http://127.0.0.1:{server!.Own.Port}/";

    /// <summary>Begins; with keys it wants a token.</summary>
    public static async Task<Stage> StartAsync(ClusterKeys? keys = null)
    {
        var stage = new Stage();
        var self = new Member(
            new NodeId(1), new Endpoint(0x7F000001, 7071), MemberState.Alive, 1, Instant.Zero, new NodeId(1),
            new Profile("n-001", 7070, 6881, 0, 0x000100, 1), default);
        stage.server = await ApiServer.StartAsync(
            new ApiOptions { Listen = new Endpoint(0x7F000001, 0), Name = "n-001" },
            new ApiSource
            {
                Snapshot = _ => Task.FromResult(new ApiSnapshot { Self = self, Members = [self], Now = new Instant(1), Cluster = "roj" }),
                Events = stage.Events,
                Meter = stage.meter,
                Keys = keys,
            });
        return stage;
    }

    /// <summary>Opens the page, and has it told <see cref="Overview"/>.</summary>
    public async Task OpenAsync(Sight sight)
    {
        await sight.OpenAsync(Url, page => page.RouteAsync("**/api/v1/overview", route => route.FulfillAsync(new RouteFulfillOptions
        {
            ContentType = "application/json",
            Body = JsonSerializer.Serialize(Overview with { Time = DateTimeOffset.UtcNow }, ApiJson.Default.OverviewView),
        })));
        await sight.UntilAsync($"document.querySelectorAll('#ring [role=option]').length === {Overview.Nodes.Count}");
    }

    /// <summary>Something happens to a node.</summary>
    public void Happens(string kind, int number, string message, int secondsAgo = 0) => Events.Add(
        DateTimeOffset.UtcNow - TimeSpan.FromSeconds(secondsAgo),
        kind,
        new NodeId((ulong)number),
        new WingNewsView(message),
        ApiJson.Default.WingNewsView);

    /// <summary>A node is believed to be something else than before.</summary>
    public void Changes(int number, string? before, string state, int secondsAgo = 0) => Events.Add(
        DateTimeOffset.UtcNow - TimeSpan.FromSeconds(secondsAgo),
        "member." + state,
        new NodeId((ulong)number),
        new MemberNewsView(Cast.Name(number), "127.0.0.1:7071", state, before, 1, new NodeId(1).ToString()),
        ApiJson.Default.MemberNewsView);

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        meter.Dispose();
    }
}
