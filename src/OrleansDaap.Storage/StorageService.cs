using Microsoft.Extensions.Hosting;
using OrleansDaap.Storage.Migrations;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage;

/// <summary>Brings the schema up to date before anything uses it, and commits what is still waiting after everything has stopped.</summary>
internal sealed class StorageService(Migrator migrator, WriteQueue queue) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => migrator.MigrateAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => queue.DrainAsync();
}
