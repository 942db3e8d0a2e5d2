using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Roj;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes a program a node of a cluster.</summary>
public static class RojServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="RojCluster"/>: it begins before the host's services start, and leaves after they have stopped.</summary>
    /// <remarks>It logs by <see cref="ILogger{TCategoryName}"/> and measures on the meter <c>Roj</c>. Called again, it only adds to the
    /// options.</remarks>
    /// <param name="services">The program's.</param>
    /// <param name="configure">Says what the node is told; null for nothing. What can't be stops the start, with a message that says
    /// what.</param>
    public static IServiceCollection AddRoj(this IServiceCollection services, Action<RojOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptionsWithValidateOnStart<RojOptions>();
        if (configure is not null)
            options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RojOptions>, RojOptionsCheck>());
        services.TryAddSingleton(provider => new RojCluster(
            provider.GetRequiredService<IOptions<RojOptions>>().Value,
            provider.GetService<ILogger<RojCluster>>(),
            provider.GetService<IMeterFactory>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RojService>());
        return services;
    }
}
