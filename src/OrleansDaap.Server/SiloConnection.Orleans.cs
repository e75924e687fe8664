using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansDaap.Server.Platform;

namespace OrleansDaap.Server;

/// <summary>
/// Tells Orleans where the platform's PostgreSQL is. Orleans wants a connection string when the hosted services are made, before any of
/// them has started, and reads it when the silo starts. An embedded PostgreSQL knows where it is only in between.
/// </summary>
internal sealed class SiloConnection(
    PlatformStore store, IOptions<AdoNetClusteringSiloOptions> clustering, IOptions<AdoNetReminderTableOptions> reminders) : IHostedService
{
    /// <summary>Orleans' name for PostgreSQL.</summary>
    public const string Invariant = "Npgsql";

    public const string NotYetKnown = "Host=not-yet-known.invalid";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        clustering.Value.ConnectionString = store.ConnectionString;
        reminders.Value.ConnectionString = store.ConnectionString;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
