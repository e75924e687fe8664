using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using OrleansDaap.EmbeddedSilo.Hosting;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.EmbeddedSilo;

/// <summary>What the embedded silo needs besides <see cref="StorageModule"/>.</summary>
internal static class EmbeddedSiloStorage
{
    /// <summary>Adds reminders and the active node's lease. From then on every write needs the lease.</summary>
    public static IServiceCollection AddEmbeddedSiloStorage(this IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Singleton(new Fence(required: true)));
        services.TryAddSingleton<LeaseOptions>();
        services.TryAddSingleton(new ThisNode(Task.FromResult<Uri?>(null)));
        services.AddSingleton<LeaseHolders>();
        services.AddSingleton<IActiveNodeLease, AdvisoryLease>();
        services.AddSingleton<IReminderTable, NpgsqlReminderTable>();
        return services;
    }
}
