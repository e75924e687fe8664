using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.IntegrationTests.Api.Fakes;

/// <summary>A backend as far as the API looks at one: its versions, its health and that it has no backups yet.</summary>
internal sealed class VersionsOnlyBackend : IPostgresBackend
{
    public Func<IReadOnlyList<int>> Versions { get; set; } = static () => [15, 16];

    public Func<Task> Check { get; set; } = static () => Task.CompletedTask;

    public Func<IReadOnlyList<Backup>> Backups { get; set; } = static () => [];

    public Task<IReadOnlyList<int>> ListPostgresVersionsAsync(CancellationToken cancellationToken) => Task.FromResult(Versions());

    public Task CheckAsync(CancellationToken cancellationToken) => Check();

    public Task ApplyAsync(ClusterSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ClusterObservation> ObserveAsync(DatabaseId id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DestroyAsync(DatabaseId id, bool keepBackups, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task BackUpAsync(DatabaseId id, BackupRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task KeepBackupsAsync(DatabaseId id, bool keep, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<Backup>> ListBackupsAsync(DatabaseId id, CancellationToken cancellationToken) => Task.FromResult(Backups());

    public Task DrillAsync(DatabaseId id, string drill, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<PostgresExtension>?> ListExtensionsAsync(DatabaseId id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<DatabaseId> WatchAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
