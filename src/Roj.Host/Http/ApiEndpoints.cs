using System.Text;
using Microsoft.AspNetCore.Http;
using Roj.Host.Http.Views;

namespace Roj.Host.Http;

/// <summary>What can be asked of a node, and its answers.</summary>
internal sealed class ApiEndpoints : IDisposable
{
    private const string PlainText = "text/plain; charset=utf-8";

    private readonly ApiOptions options;
    private readonly ApiSource source;
    private readonly NodeInstruments instruments;
    private readonly PrometheusText prometheus;
    private readonly CancellationToken end;

    /// <summary>Endpoints of one node.</summary>
    /// <param name="options">The API's options.</param>
    /// <param name="source">Where the answers come from.</param>
    /// <param name="instruments">The API's own.</param>
    /// <param name="end">When streams shall end.</param>
    public ApiEndpoints(ApiOptions options, ApiSource source, NodeInstruments instruments, CancellationToken end)
    {
        this.options = options;
        this.source = source;
        this.instruments = instruments;
        this.end = end;
        prometheus = new PrometheusText(source.Meter);
        var roster = new RosterEndpoints(source, AskAsync, options.NodePatience);
        Routes =
        [
            new("/api/v1/status", (http, _) => StatusAsync(http)),
            new("/api/v1/members", (http, _) => MembersAsync(http)),
            new("/api/v1/members/{node}", MemberAsync) { Delete = roster.EvictAsync },
            new("/api/v1/events", (http, _) => EventsAsync(http)),
            .. roster.Routes,
            .. new ElectionEndpoints(source, AskAsync, options.NodePatience).Routes,
            .. new TokenEndpoints(source.Tokens, instruments, end).Routes,
            .. new StoreEndpoints(source.Store, instruments, options.Heartbeat, end).Routes,
            .. new KeyEndpoints(source).Routes,
            .. new PushEndpoints(source.Pushes, source.Keys).Routes,
            .. new OverviewEndpoints(source, AskAsync).Routes,
            .. PageEndpoints.Routes,
            .. new FileEndpoints(source.Files, options.AllowPlainTracker).Routes,
            new("/healthz", (http, _) => HealthAsync(http)) { IsOpen = true }, // who looks after processes gets no secrets
            new("/readyz", (http, _) => ReadinessAsync(http)) { IsOpen = true },
            new("/metrics", (http, _) => MetricsAsync(http)),
            new("/openapi.json", (http, _) => http.BytesAsync(200, "application/json", OpenApi.Value)),
        ];
    }

    /// <summary>All of them; each is read with GET or HEAD, and some do more.</summary>
    public IReadOnlyList<ApiRoute> Routes { get; }

    private static Lazy<byte[]> OpenApi { get; } = new(() =>
    {
        using var resource = typeof(ApiEndpoints).Assembly.GetManifestResourceStream("openapi.json")!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    });

    public void Dispose() => prometheus.Dispose();

    private async Task StatusAsync(HttpContext http) =>
        await http.JsonAsync(StatusView.Of(await AskAsync(http)), ApiJson.Default.StatusView);

    private async Task MembersAsync(HttpContext http) =>
        await http.JsonAsync(MembersView.Of(await AskAsync(http)), ApiJson.Default.MembersView);

    private async Task MemberAsync(HttpContext http, string word)
    {
        var snapshot = await AskAsync(http);
        var found = MemberSearch.Find(snapshot.Members, word);
        if (found is [var member])
        {
            var grounds = GroundsView.Of(member, snapshot, source.Clock.GetUtcNow());
            await http.JsonAsync(MemberView.Of(member) with { Grounds = grounds }, ApiJson.Default.MemberView);
            return;
        }

        await http.ProblemAsync(RosterEndpoints.NoOne(found, word));
    }

    private async Task EventsAsync(HttpContext http)
    {
        if (http.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase))
        {
            await http.BytesAsync(200, "application/json", Remembered());
            return;
        }

        if (!instruments.TryBegin())
        {
            await http.ProblemAsync(new ProblemView(503, "Service Unavailable", $"{ApiOptions.StreamsMax} clients listen already"));
            return;
        }

        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, end);
            await EventStream.RunAsync(http, source.Events, options.Heartbeat, either.Token);
        }
        finally
        {
            instruments.End();
        }
    }

    // The events are JSON already: an EventsView, put together from its parts.
    private byte[] Remembered()
    {
        using var body = new MemoryStream();
        body.Write("""{"events":["""u8);
        var isFirst = true;
        foreach (var happened in source.Events.After(0, EventLog.Capacity, out _))
        {
            if (!isFirst)
                body.WriteByte((byte)',');
            isFirst = false;
            body.Write(happened.Json.Span);
        }

        body.Write("]}"u8);
        return body.ToArray();
    }

    // Alive: the loop turns.
    private async Task HealthAsync(HttpContext http)
    {
        await AskAsync(http);
        await http.BytesAsync(200, PlainText, "ok\n"u8.ToArray());
    }

    private async Task ReadinessAsync(HttpContext http)
    {
        if ((await AskAsync(http)).IsReady)
            await http.BytesAsync(200, PlainText, "ready\n"u8.ToArray());
        else
            await http.ProblemAsync(new ProblemView(503, "Service Unavailable", "the node is starting or leaving"));
    }

    private async Task MetricsAsync(HttpContext http)
    {
        await AskAsync(http);
        await http.BytesAsync(200, "text/plain; version=0.0.4; charset=utf-8", Encoding.UTF8.GetBytes(prometheus.Write()));
    }

    private async Task<ApiSnapshot> AskAsync(HttpContext http)
    {
        var snapshot = await source.Snapshot(http.RequestAborted).WaitAsync(options.NodePatience, http.RequestAborted);
        instruments.Saw(snapshot);
        return snapshot;
    }
}
