using Slipway.Server.Storage;

namespace Slipway.Server.Snapshots;

/// <summary>What pushing routing to applications is made of.</summary>
internal static class RoutingPush
{
    public static void AddRoutingPush(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<StreamAdmission>().AddSingleton<InstanceBook>().AddSingleton<PackageOwners>();
        services.AddSingleton<StreamHub>().AddHostedService(all => all.GetRequiredService<StreamHub>()).AddHostedService<Heartbeats>();
        services.AddSingleton(all => new InstanceList(all.GetRequiredService<InstanceBook>(), all.GetService<InstanceExchange>(), all.GetRequiredService<SnapshotPublisher>(), all.GetRequiredService<TimeProvider>()));
        // On SQLite there is one server, or several processes on one machine that do not share their listeners.
        if (options.Postgres is not { } address) return;
        services.AddSingleton(_ => new PostgresInstances(address));
        services.AddSingleton<InstanceExchange>().AddHostedService(all => all.GetRequiredService<InstanceExchange>());
    }
}
