using OrleansDaap.Common;

namespace OrleansDaap.Databases;

internal sealed partial class DatabaseGrain
{
    public async Task<DatabaseState> PrepareRestoreAsync(DatabaseId restore, DateTimeOffset target)
    {
        await RefreshAsync();
        MustExist();

        // First, so that what is seen then stays. The backups of one that is being removed are to go.
        if (database.State.Wanted != WantedCluster.Gone) await backend.KeepBackupsAsync(Id, keep: true, CancellationToken.None);
        RestoreWindow.Demand(database.State, await LookAsync(database.State), target, clock.GetUtcNow());
        await SaveAsync(RestoreHolds.Held(database.State, restore, clock.GetUtcNow()));
        return Answer();
    }

    public async Task ForgetRestoreAsync(DatabaseId restore)
    {
        await RefreshAsync();
        if (database.RecordExists && RestoreHolds.Without(database.State, restore) is { } next) await SaveAsync(next);
    }

    /// <summary>The state without the restores that do not read its backups any more.</summary>
    private async Task<DatabaseState> WithPresentRestoresAsync()
    {
        var records = await Task.WhenAll((database.State.Restores ?? []).Select(hold => GrainFactory.GetGrain<IDatabaseGrain>(hold.Database.Value).GetAsync()));
        return RestoreHolds.Present(database.State, records, clock.GetUtcNow());
    }
}
