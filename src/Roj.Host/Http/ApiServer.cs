using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Roj.Host.Net;
using Roj.Host.Security;
using Roj.Kernel;

namespace Roj.Host.Http;

/// <summary>A node's HTTP API: Kestrel without the host, configuration and services that usually come with it (decision 0024).</summary>
public sealed class ApiServer : IAsyncDisposable
{
    // Slower than this no sender of a body or reader of an answer is: a hundred bytes a second, after so long a grace.
    private const double BytesPerSecondMin = 100;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource end = new();
    private readonly CallerLimit callers = new(ApiOptions.ConnectionsPerAddressMax);
    private readonly ApiOptions options;
    private readonly ApiEndpoints endpoints;
    private readonly ApiApplication application;
    private KestrelServer? server;

    private ApiServer(ApiOptions options, ApiSource source)
    {
        this.options = options;
        var instruments = new NodeInstruments(source.Meter, source.Events);
        endpoints = new ApiEndpoints(options, source, instruments, end.Token);
        var tokens = source.Keys is { } keys ? new TokenCheck(keys, source.Clock) : null;
        application = new ApiApplication(options, endpoints, instruments, tokens);
    }

    /// <summary>Where it listens: the port is never 0.</summary>
    public Endpoint Own { get; private set; }

    /// <summary>Why it does not listen at <see cref="ApiOptions.Also"/>, one line; null if it does, or was not told to.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Listens.</summary>
    /// <exception cref="SyncException">The address or the port can't be had; one line says why.</exception>
    public static async Task<ApiServer> StartAsync(ApiOptions options, ApiSource source, CancellationToken cancelled = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(source);
        var api = new ApiServer(options, source);
        var trouble = await api.ListenAsync(options.Also, cancelled);
        if (trouble is not null && options.Also is { } also)
        {
            // Which of the two it was shows when the other is tried alone.
            api.Trouble = $"HTTP can't listen on {also} too: {trouble}";
            trouble = await api.ListenAsync(null, cancelled);
        }

        if (trouble is null)
            return api;
        await api.DisposeAsync();
        throw new SyncException($"HTTP can't listen on {options.Listen}: {trouble}", isWrongUse: false);
    }

    /// <summary>Ends streams, lets other requests come to their end for a second, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await CloseAsync();
        endpoints.Dispose();
        end.Dispose();
    }

    /// <summary>Why it can't; null if it listens.</summary>
    private async Task<string?> ListenAsync(Endpoint? also, CancellationToken cancelled)
    {
        // One queue: what a node is asked does not fill one core.
        var transport = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions { IOQueueCount = 1 }), NullLoggerFactory.Instance);
        server = new KestrelServer(Options.Create(Settings(also)), transport, NullLoggerFactory.Instance);
        try
        {
            await server.StartAsync(application, cancelled);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await CloseAsync();
            return SystemReason.Of(e.GetBaseException() is var cause and SocketException ? cause : e);
        }

        var address = new Uri(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        Own = options.Listen.WithPort((ushort)address.Port);
        return null;
    }

    private async Task CloseAsync()
    {
        if (server is null)
            return;
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
            await server.StopAsync(patience.Token);
        server.Dispose();
        server = null;
    }

    private KestrelServerOptions Settings(Endpoint? also)
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
        foreach (var place in also is { } second ? [options.Listen, second] : (Endpoint[])[options.Listen])
        {
            settings.Listen(place.ToSystem(), listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(callers.Before);
            });
        }

        return settings;
    }
}
