using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Roj.Host.Net;
using Roj.Kernel;

namespace Roj.Host.Http;

/// <summary>A node's HTTP API: Kestrel without the host, configuration and services that usually come with it (decision 0024).</summary>
public sealed class ApiServer : IAsyncDisposable
{
    // Slower than this no sender of a body or reader of an answer is: a hundred bytes a second, after so long a grace.
    private const double BytesPerSecondMin = 100;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource end = new();
    private readonly KestrelServer server;
    private readonly ApiEndpoints endpoints;
    private readonly ApiApplication application;

    private ApiServer(ApiOptions options, ApiSource source)
    {
        var instruments = new NodeInstruments(source.Meter, source.Events);
        endpoints = new ApiEndpoints(options, source, instruments, end.Token);
        application = new ApiApplication(options, endpoints, instruments);
        // One queue: what a node is asked does not fill one core.
        var transport = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions { IOQueueCount = 1 }), NullLoggerFactory.Instance);
        server = new KestrelServer(Options.Create(Settings(options)), transport, NullLoggerFactory.Instance);
    }

    /// <summary>Where it listens: the port is never 0.</summary>
    public Endpoint Own { get; private set; }

    /// <summary>Listens.</summary>
    /// <exception cref="SyncException">The address or the port can't be had; one line says why.</exception>
    public static async Task<ApiServer> StartAsync(ApiOptions options, ApiSource source, CancellationToken cancelled = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        var api = new ApiServer(options, source);
        try
        {
            await api.server.StartAsync(api.application, cancelled);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await api.DisposeAsync();
            var reason = SystemReason.Of(e.GetBaseException() is var cause and SocketException ? cause : e);
            throw new SyncException($"HTTP can't listen on {options.Listen}: {reason}", isWrongUse: false);
        }

        var address = new Uri(api.server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
        api.Own = options.Listen.WithPort((ushort)address.Port);
        return api;
    }

    /// <summary>Ends streams, lets other requests come to their end for a second, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
            await server.StopAsync(patience.Token);
        server.Dispose();
        endpoints.Dispose();
        end.Dispose();
    }

    private static KestrelServerOptions Settings(ApiOptions options)
    {
        var settings = new KestrelServerOptions { AddServerHeader = false };
        var limits = settings.Limits;
        limits.MaxConcurrentConnections = ApiOptions.ConnectionsMax;
        limits.MaxRequestHeadersTotalSize = ApiOptions.HeaderBytesMax;
        limits.MaxRequestLineSize = ApiOptions.RequestLineBytesMax;
        limits.MaxRequestBodySize = ApiOptions.BodyBytesMax;
        limits.RequestHeadersTimeout = options.HeadPatience;
        limits.KeepAliveTimeout = options.IdlePatience;
        limits.MinRequestBodyDataRate = new MinDataRate(BytesPerSecondMin, Grace);
        limits.MinResponseDataRate = new MinDataRate(BytesPerSecondMin, Grace);
        var callers = new CallerLimit(ApiOptions.ConnectionsPerAddressMax);
        settings.Listen(options.Listen.ToSystem(), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(callers.Before);
        });
        return settings;
    }
}
