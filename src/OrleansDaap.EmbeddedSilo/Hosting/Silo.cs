using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using OrleansDaap.EmbeddedSilo.Calls;
using OrleansDaap.EmbeddedSilo.Contracts;
using OrleansDaap.EmbeddedSilo.Reminders;

namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <summary>This node's silo: takes calls while it has a tenure, and refuses them otherwise.</summary>
internal sealed class Silo(
    IServiceProvider services,
    TimeProvider time,
    IOptions<GrainSources> sources,
    IOptions<GrainCollectionOptions> collection,
    IOptions<SiloMessagingOptions> messaging,
    IOptions<ReminderOptions> reminders,
    SiloMetrics metrics,
    ILogger<Silo> logger) : IDisposable
{
    private volatile Tenure? _tenure;

    public IServiceProvider Services => services;

    public GrainCatalog Catalog { get; } = new(sources.Value.FindTypes());

    public SiloLog Log { get; } = new(logger);

    public Tenure? Tenure => _tenure;

    /// <summary>Resolved late, for the factory needs the silo.</summary>
    public IGrainFactory GrainFactory => field ??= services.GetRequiredService<IGrainFactory>();

    public void Send(GrainCall call)
    {
        if (_tenure is { } tenure)
        {
            tenure.Send(call);
        }
        else
        {
            call.Fail(new SiloUnavailableException("This node is not the active one."));
        }
    }

    /// <summary>Makes this node take calls: loads the reminders, runs the startup tasks, and only then lets reminders tick.</summary>
    public async Task<Tenure> BeginTenureAsync(ILeaseHandle? lease, CancellationToken cancellationToken)
    {
        var tenure = new Tenure(this, lease, time, collection.Value, messaging.Value);
        using var cancelled = cancellationToken.Register(tenure.Lose);
        try
        {
            if (services.GetService<IReminderTable>() is { } table)
            {
                tenure.Reminders = new ReminderService(tenure, table, reminders);
                await tenure.Reminders.LoadAsync().WaitAsync(cancellationToken);
            }

            _tenure = tenure;
            metrics.Show(this);
            foreach (var task in services.GetServices<StartupTask>().OrderBy(task => task.Stage))
            {
                await task.Run(services, cancellationToken).WaitAsync(cancellationToken);
            }

            tenure.Reminders?.Start();
            return tenure;
        }
        catch
        {
            EndTenure(tenure);
            throw;
        }
    }

    public async Task StopTenureAsync(Tenure tenure)
    {
        await tenure.StopAsync();
        EndTenure(tenure);
    }

    /// <summary>Drops everything at once.</summary>
    public void EndTenure(Tenure tenure)
    {
        tenure.Lose();
        _tenure = null;
        tenure.Dispose();
    }

    public void Dispose() => _tenure?.Lose();
}
