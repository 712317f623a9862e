using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Slipway.Client;

/// <summary>Slipway in an application's services.</summary>
public static class SlipwayServices
{
    /// <summary>Adds <see cref="ISlipwayClient"/>, one for the process, which follows its server from the start of the application to its end.</summary>
    /// <remarks>The start waits for the first snapshot, at most <see cref="SlipwayClientOptions.FirstSnapshotTimeout"/>; it fails where the options are wrong, and only there.</remarks>
    public static IServiceCollection AddSlipway(this IServiceCollection services, Action<SlipwayClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<SlipwayClientOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SlipwayClientOptions>, SlipwayClientOptionsValidator>());
        services.TryAddSingleton(provider => new SlipwayClient(
            provider.GetRequiredService<IOptions<SlipwayClientOptions>>().Value, provider.GetService<ILogger<SlipwayClient>>(), provider.GetService<TimeProvider>()));
        services.TryAddSingleton<ISlipwayClient>(provider => provider.GetRequiredService<SlipwayClient>());
        services.AddHostedService<SlipwayService>();
        return services;
    }

    private sealed class SlipwayService(SlipwayClient client) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            client.Start();
            return client.FirstSnapshot.WaitAsync(cancellationToken);
        }

        // The container disposes of the client, after everything that may still report.
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
