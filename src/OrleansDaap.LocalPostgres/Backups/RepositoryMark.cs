using OrleansDaap.LocalPostgres.Clusters;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>
/// A file that the repository gets when it is first used. Where a disk ought to be mounted and is not there is none, so that the next new
/// database does not begin a second repository in its place.
/// </summary>
internal sealed class RepositoryMark(PgBackRest backRest, BackupSettings settings, BackupPlaces places) : IDisposable
{
    public const string Name = "daap-repository";

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Returns when it is there. Throws when the repository cannot be read or written, and when it is not the one that databases have.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        using var slot = await WorkSlot.TakeAsync(_one, cancellationToken);
        settings.EnsureProbe();
        await settings.CheckRepositoryDirectoryAsync(cancellationToken);
        if (await backRest.HasAsync(Name, cancellationToken)) return;
        var made = places.List().Where(places.IsMade).Select(id => id.Value).ToHashSet();
        // A repository that an older server used has no mark, and the databases themselves.
        if (made.Count > 0 && !made.Overlaps(await backRest.ListDatabasesAsync(cancellationToken)))
        {
            throw new ClusterFailureException(
                "repository-unavailable",
                $"The repository of the backups has neither the file {Name}, which it got when it was first used, nor any of the databases that it had. Is its disk mounted? Should this one be meant from now on, put such a file there.");
        }

        await backRest.PutAsync(Name, "Backups of OrleansDaap lie here.\n", cancellationToken);
    }

    public void Dispose() => _one.Dispose();
}
