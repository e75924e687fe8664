using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.Testing.Provisioning;

public abstract partial class PostgresBackendContract
{
    [DependentFact]
    public async Task A_cluster_without_backups_shows_none()
    {
        var spec = await NewSpecAsync();
        await Backend.ApplyAsync(spec, default);

        Assert.Null((await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready)).Backups);
        Assert.Empty(await Backend.ListBackupsAsync(spec.Id, default));
    }

    [DependentFact]
    public async Task Backups_are_taken_once_each_and_the_first_is_a_full_one()
    {
        var spec = await NewBackedUpAsync();
        var (first, second) = (new BackupRequest("bk-1", BackupType.Incremental), new BackupRequest("bk-2", BackupType.Incremental));
        var before = (await Backend.ObserveAsync(spec.Id, default)).Backups;
        Assert.NotNull(before);
        Assert.Null(before.EarliestRestoreAt);
        Assert.True(before.ArchiveTimeout > TimeSpan.Zero);

        await BackUpAsync(spec.Id, first);
        await BackUpAsync(spec.Id, second);
        // It was taken; asked for again it only says so.
        var seen = (await BackUpAsync(spec.Id, first)).Backups!;

        var listed = await Backend.ListBackupsAsync(spec.Id, default);
        var later = Traits.TakesIncrementalBackups ? BackupType.Incremental : BackupType.Full;
        Assert.Equal([("bk-2", later), ("bk-1", BackupType.Full)], listed.Select(backup => (backup.Id, backup.Type)));
        Assert.All(listed, backup =>
        {
            Assert.Equal(BackupStatus.Succeeded, backup.Status);
            Assert.InRange(backup.FinishedAt!.Value, backup.StartedAt, DateTimeOffset.MaxValue);
            Assert.True(backup.SizeBytes > 0);
            Assert.Equal(24, backup.WalStart?.Length);
            Assert.Equal(24, backup.WalStop?.Length);
            Assert.Equal(Traits.VerifiesChecksums ? true : null, backup.ChecksumsVerified);
            Assert.Null(backup.Error);
        });
        Assert.Null(seen.Running);
        if (Traits.TakesIncrementalBackups) Assert.Equal(("bk-1", BackupType.Full), (seen.LastEnded, seen.LastEndedType));
        Assert.Null(seen.LastFailure);
        Assert.Null(seen.ArchivingFailure);
        Assert.Equal(listed[0].FinishedAt, seen.LastSuccessfulAt);
        Assert.Equal(listed[1].FinishedAt, seen.EarliestRestoreAt);
        Assert.True(seen.LatestRestoreAt >= listed[0].FinishedAt);
        Assert.True(seen.SizeBytes >= listed.Sum(backup => backup.SizeBytes));
    }

    [DependentFact]
    public async Task A_frozen_cluster_is_not_backed_up_and_the_request_says_so()
    {
        var spec = await NewBackedUpAsync();
        await Backend.ApplyAsync(spec with { Generation = 2, Frozen = true }, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Stopped, 2);
        await Backend.BackUpAsync(spec.Id, new BackupRequest("bk-1", BackupType.Full), default);

        var seen = await Backend.WaitForAsync(spec.Id, seen => seen.Backups?.LastEnded == "bk-1");
        Assert.Equal("cluster-not-ready", seen.Backups!.LastFailure?.Code);
    }

    [DependentFact]
    public async Task Backups_outlive_a_cluster_until_they_are_destroyed_too_and_make_new_clusters_until_then()
    {
        var spec = await NewBackedUpAsync();
        var seen = await BackUpAsync(spec.Id, new BackupRequest("bk-1", BackupType.Full));
        await Backend.DestroyAsync(spec.Id, keepBackups: true, default);
        var gone = await Backend.WaitForAsync(spec.Id, ClusterPhase.Absent);

        Assert.Equal(seen.Backups!.EarliestRestoreAt, gone.Backups?.EarliestRestoreAt);
        Assert.True(gone.Backups!.LatestRestoreAt >= gone.Backups.EarliestRestoreAt);
        Assert.Equal("bk-1", Assert.Single(await Backend.ListBackupsAsync(spec.Id, default)).Id);
        await Backend.DestroyAsync(spec.Id, keepBackups: true, default);
        Assert.NotNull((await Backend.ObserveAsync(spec.Id, default)).Backups);

        var restored = await NewSpecAsync() with { Backups = new BackupSpec(7), Recovery = new RecoverySource(spec.Id, gone.Backups.LatestRestoreAt!.Value) };
        await Backend.ApplyAsync(restored, default);
        var own = await Backend.WaitForAsync(restored.Id, ClusterPhase.Ready);
        Assert.NotNull(own.Endpoint);
        Assert.Null(own.Backups?.EarliestRestoreAt);
        Assert.Empty(await Backend.ListBackupsAsync(restored.Id, default));

        await Backend.DestroyAsync(spec.Id, keepBackups: false, default);
        Assert.Equal(ClusterObservation.Absent, await Backend.WaitForAsync(spec.Id, ClusterPhase.Absent));
        Assert.Empty(await Backend.ListBackupsAsync(spec.Id, default));
        // It does not need its source any more.
        await Backend.ApplyAsync(restored, default);
        await Backend.WaitForAsync(restored.Id, ClusterPhase.Ready);
    }

    [DependentFact]
    public async Task What_has_no_backups_is_not_restored_from()
    {
        var spec = await NewSpecAsync() with { Recovery = new RecoverySource(NewId(), TimeProvider.System.GetUtcNow()) };
        await Backend.ApplyAsync(spec, default);

        Assert.Equal("restore-source-gone", (await Backend.WaitForAsync(spec.Id, ClusterPhase.Failed)).Reason?.Code);
    }

    [DependentFact]
    public async Task A_closed_cluster_runs_without_an_endpoint_until_it_is_opened()
    {
        var spec = await NewSpecAsync() with { Pooler = new PoolerSpec(PoolMode.Session, 10) };
        await Backend.ApplyAsync(spec, default);
        var before = await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
        await Backend.ApplyAsync(spec with { Generation = 2, Closed = true }, default);
        Assert.Null((await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 2)).Endpoint);
        await Backend.ApplyAsync(spec with { Generation = 3 }, default);

        Assert.Equal(before.Endpoint, (await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 3)).Endpoint);
    }

    [DependentFact]
    public async Task A_drill_tells_how_long_recovery_takes_and_up_to_when_it_is_proven()
    {
        var spec = await NewBackedUpAsync();
        await Backend.DrillAsync(spec.Id, "drill-1", default);
        var early = await Backend.WaitForAsync(spec.Id, seen => seen.Backups?.LastDrill?.Id == "drill-1");
        Assert.Equal("no-backup", early.Backups!.LastDrill!.Failure?.Code);

        await BackUpAsync(spec.Id, new BackupRequest("bk-1", BackupType.Full));
        await Backend.DrillAsync(spec.Id, "drill-2", default);
        var seen = await Backend.WaitForAsync(spec.Id, seen => seen.Backups?.LastDrill?.Id == "drill-2");
        var drill = seen.Backups!.LastDrill!;

        Assert.Null(drill.Failure);
        Assert.True(drill.RecoveryTime > TimeSpan.Zero);
        Assert.True(drill.ProvenAt >= seen.Backups.EarliestRestoreAt);
        Assert.True(drill.FinishedAt >= drill.ProvenAt);
        Assert.Null(seen.Backups.RunningDrill);
        Assert.Equal(ClusterPhase.Ready, seen.Phase);
        await Backend.DrillAsync(spec.Id, "drill-2", default);
        Assert.Equal(drill, (await Backend.ObserveAsync(spec.Id, default)).Backups!.LastDrill);
    }

    [DependentFact]
    public async Task A_watch_first_tells_of_what_left_backups()
    {
        var spec = await NewBackedUpAsync();
        await Backend.DestroyAsync(spec.Id, keepBackups: true, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Absent);

        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var events = Backend.WatchAsync(timeout.Token).GetAsyncEnumerator(timeout.Token);
        await NextAsync(events, spec.Id);
    }

    [DependentFact]
    public async Task That_backups_are_to_be_kept_may_be_said_of_what_has_none_again_and_again()
    {
        var spec = await NewSpecAsync();
        foreach (var keep in new[] { true, true, false, false }) await Backend.KeepBackupsAsync(spec.Id, keep, default);
        Assert.Equal(ClusterObservation.Absent, await Backend.ObserveAsync(spec.Id, default));
    }

    private async Task<ClusterSpec> NewBackedUpAsync()
    {
        var spec = await NewSpecAsync() with { Backups = new BackupSpec(7) };
        await Backend.ApplyAsync(spec, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
        return spec;
    }

    private async Task<ClusterObservation> BackUpAsync(DatabaseId id, BackupRequest request)
    {
        await Backend.BackUpAsync(id, request, default);
        var seen = await Backend.WaitForAsync(id, seen => seen.Backups is { } backups && backups.LastEnded == request.Id && backups.Running != request.Id);
        Assert.Null(seen.Backups!.LastFailure);
        return seen;
    }
}
