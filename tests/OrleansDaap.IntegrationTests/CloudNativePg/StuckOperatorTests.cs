using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.CloudNativePg;

/// <summary>An operator that does not get on, with a deadline that is short enough for tests.</summary>
[RequiresCnpgDefinitions]
public sealed class StuckOperatorTests : KubernetesTest
{
    protected override (string Key, string Value)[] Settings => [("ProgressDeadline", "00:00:01")];

    [DependentFact]
    public async Task One_that_does_nothing_is_told_with_what_is_waited_for_until_it_does()
    {
        var spec = NewSpec();
        Kubernetes.Operator.Moods.Ignored[spec.Id.Value] = true;
        await Backend.ApplyAsync(spec, default);
        var stuck = await Backend.WaitForAsync(spec.Id, ClusterPhase.Failed);
        Assert.Equal("no-progress", stuck.Reason?.Code);
        Assert.Contains("its first instance; CloudNativePG: nothing yet", stuck.Reason!.Message, StringComparison.Ordinal);

        Kubernetes.Operator.Moods.Ignored.Clear();
        Kubernetes.Operator.Nudge(spec.Id.Value);
        await Backend.WaitForAsync(spec.Id, seen => seen.Phase == ClusterPhase.Ready);
    }

    [DependentFact]
    public async Task A_phase_that_nothing_leads_out_of_is_told_with_its_reason()
    {
        var spec = NewSpec();
        Kubernetes.Operator.Moods.Stuck[spec.Id.Value] = ("Unable to create required cluster objects", "no storage class");
        await Backend.ApplyAsync(spec, default);

        var seen = await Backend.WaitForAsync(spec.Id, ClusterPhase.Failed);
        Assert.Equal("cluster-broken", seen.Reason?.Code);
        Assert.Contains("no storage class", seen.Reason!.Message, StringComparison.Ordinal);
    }

    [DependentFact]
    public async Task A_cluster_that_does_not_stop_is_told_with_what_keeps_it()
    {
        var spec = await NewReadyAsync();
        Kubernetes.Operator.Moods.Awake[spec.Id.Value] = "WaitingForHealthy";
        await Backend.ApplyAsync(spec with { Generation = 2, Frozen = true }, default);

        var seen = await Backend.WaitForAsync(spec.Id, ClusterPhase.Failed);
        Assert.Equal(2, seen.Generation);
        Assert.Contains("WaitingForHealthy", seen.Reason!.Message, StringComparison.Ordinal);
    }

    [DependentFact]
    public async Task A_cluster_that_is_ready_and_answers_no_query_is_not_ready()
    {
        var spec = NewSpec();
        Kubernetes.Operator.Moods.Silent[spec.Id.Value] = true;
        await Backend.ApplyAsync(spec, default);
        var seen = await Backend.WaitForAsync(spec.Id, ClusterPhase.Failed);
        Assert.Contains("its answer to a query", seen.Reason!.Message, StringComparison.Ordinal);

        Kubernetes.Operator.Moods.Silent.Clear();
        await Backend.WaitForAsync(spec.Id, seen => seen.Phase == ClusterPhase.Ready);
    }

    [DependentFact]
    public async Task What_a_cluster_does_while_it_serves_is_told_with_it()
    {
        var spec = await NewReadyAsync();
        Kubernetes.Operator.Moods.Busy[spec.Id.Value] = "Switchover in progress";
        Kubernetes.Operator.Nudge(spec.Id.Value);

        var seen = await Backend.WaitForAsync(spec.Id, seen => seen.Reason is not null);
        Assert.Equal((ClusterPhase.Ready, "switchover"), (seen.Phase, seen.Reason!.Code));
        Assert.NotNull(seen.Endpoint);
    }

    [DependentFact]
    public async Task Backups_that_fail_or_never_begin_and_changes_that_are_not_archived_are_told()
    {
        var spec = await NewReadyAsync(spec => spec with { Backups = new BackupSpec(7) });
        Kubernetes.Operator.Moods.FailingBackups[spec.Id.Value] = "the bucket is gone";
        await Backend.BackUpAsync(spec.Id, new BackupRequest("bk-1", BackupType.Full), default);
        var failed = await Backend.WaitForAsync(spec.Id, seen => seen.Backups?.LastEnded == "bk-1");
        Assert.Contains("the bucket is gone", failed.Backups!.LastFailure?.Message, StringComparison.Ordinal);

        Kubernetes.Operator.Moods.FailingBackups.Clear();
        await Backend.BackUpAsync(spec.Id, new BackupRequest("bk-1", BackupType.Full), default);
        await Backend.WaitForAsync(spec.Id, seen => seen.Backups is { LastEnded: "bk-1", LastFailure: null, LastSuccessfulAt: not null });

        Kubernetes.Operator.Moods.FailingArchives[spec.Id.Value] = "unexpected failure invoking barman-cloud-wal-archive";
        Kubernetes.Operator.Nudge(spec.Id.Value);
        var seen = await Backend.WaitForAsync(spec.Id, seen => seen.Backups?.ArchivingFailure is not null);
        Assert.Equal(("archiving-failed", ClusterPhase.Ready), (seen.Backups!.ArchivingFailure!.Code, seen.Phase));
        Assert.Single(await Backend.ListBackupsAsync(spec.Id, default), backup => backup.Status == BackupStatus.Succeeded);
        Assert.True(Exists(Kinds.Backup, "bk-1"));
    }

    [DependentFact]
    public async Task Backups_that_cannot_be_removed_are_told_and_go_when_they_can()
    {
        var spec = await NewReadyAsync(spec => spec with { Backups = new BackupSpec(7) });
        await Backend.BackUpAsync(spec.Id, new BackupRequest("bk-1", BackupType.Full), default);
        await Backend.WaitForAsync(spec.Id, seen => seen.Backups?.LastEnded == "bk-1");
        Kubernetes.Bucket.Failure = "access denied";
        await Backend.DestroyAsync(spec.Id, keepBackups: false, default);
        var kept = await Backend.WaitForAsync(spec.Id, seen => seen is { Phase: ClusterPhase.Absent, Reason: not null });
        Assert.Equal("backups-not-removed", kept.Reason!.Code);
        Assert.NotNull(kept.Backups);

        Kubernetes.Bucket.Failure = null;
        await Backend.DestroyAsync(spec.Id, keepBackups: false, default);
        Assert.Equal(ClusterObservation.Absent, await Backend.WaitForAsync(spec.Id, seen => seen is { Phase: ClusterPhase.Absent, Reason: null }));
        Assert.False(Kubernetes.Bucket.Holds(spec.Id));
        Assert.Empty(Remains(spec.Id));
    }
}
