using System.Net;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.CloudNativePg;

[RequiresCnpgDefinitions]
public sealed class FaultTests : KubernetesTest
{
    [DependentFact]
    public async Task A_database_asked_for_while_the_API_server_is_away_is_made_when_it_is_back()
    {
        await NewReadyAsync();
        var spec = NewSpec();
        Kubernetes.Server.Faults.IsUnreachable = true;
        Kubernetes.Server.CutWatches();
        await Backend.ApplyAsync(spec, default);
        for (var i = 0; i < 10; i++) await Kubernetes.Server.Faults.TurnedAway.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(ClusterPhase.Progressing, (await Backend.ObserveAsync(spec.Id, default)).Phase);
        Kubernetes.Server.Faults.Clear();
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
    }

    [DependentFact]
    public async Task A_server_that_cannot_reach_the_API_server_says_so_and_works_when_it_can()
    {
        var spec = await NewReadyAsync();
        Kubernetes.Server.Faults.IsUnreachable = true;
        var other = Kubernetes.NewBackend();
        await Assert.ThrowsAsync<BackendUnavailableException>(() => other.CheckAsync(default));

        Kubernetes.Server.Faults.Clear();
        Assert.Equal(await Backend.ObserveAsync(spec.Id, default), await other.WaitForAsync(spec.Id, ClusterPhase.Ready));
    }

    [DependentFact]
    public async Task Watches_that_are_cut_in_the_middle_of_events_lose_nothing()
    {
        var spec = NewSpec() with { Pooler = new PoolerSpec(PoolMode.Session, 10) };
        Kubernetes.Server.CutWatches(withinNextEvent: true);
        await Backend.ApplyAsync(spec, default);
        await UntilAsync(Kinds.Cluster, () => Exists(Kinds.Cluster, spec.Id.Value));
        Kubernetes.Server.CutWatches(withinNextEvent: true);

        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
        Kubernetes.Server.CutWatches(withinNextEvent: true);
        await Backend.ApplyAsync(spec with { Generation = 2, Frozen = true }, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Stopped, 2);
    }

    [DependentFact]
    public async Task Writers_that_are_quicker_and_servers_that_are_too_busy_are_outlasted()
    {
        Kubernetes.Server.Faults.Conflict(call => IsOurs(call) && call.IsWrite, times: 3);
        Kubernetes.Server.Faults.Fail(HttpStatusCode.ServiceUnavailable, IsOurs, times: 6);
        Kubernetes.Server.Faults.LoseAnswer(call => IsOurs(call) && call.IsWrite, times: 2);

        await NewReadyAsync();
    }

    [DependentFact]
    public async Task What_a_quota_refuses_is_told_and_is_made_when_there_is_room()
    {
        var spec = NewSpec();
        Kubernetes.Server.Faults.Refuse("exceeded quota: databases, requested: count/clusters=1", call => IsOurs(call) && call.IsWrite && call.IsOn(Kinds.Cluster));
        await Backend.ApplyAsync(spec, default);
        var refused = await Backend.WaitForAsync(spec.Id, ClusterPhase.Failed);
        Assert.Equal("kubernetes-refused", refused.Reason?.Code);
        Assert.Contains("exceeded quota: databases", refused.Reason!.Message, StringComparison.Ordinal);

        Kubernetes.Server.Faults.Clear();
        await Backend.ApplyAsync(spec, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
    }

    [DependentFact]
    public async Task A_right_that_takes_a_moment_to_hold_is_waited_for()
    {
        Kubernetes.Server.Faults.Refuse("not yet", call => IsOurs(call) && call.IsOn(ResourceKind.Secret), times: 2);

        await NewReadyAsync();
    }

    [DependentFact]
    public async Task A_webhook_that_refuses_a_backup_is_why_it_failed()
    {
        var spec = await NewReadyAsync(spec => spec with { Backups = new BackupSpec(7) });
        Kubernetes.Server.Faults.Refuse("no backups on Sundays", call => IsOurs(call) && call.IsWrite && call.IsOn(Kinds.Backup));
        await Backend.BackUpAsync(spec.Id, new BackupRequest("bk-1", BackupType.Full), default);

        var seen = await Backend.WaitForAsync(spec.Id, seen => seen.Backups?.LastEnded == "bk-1");
        Assert.Contains("no backups on Sundays", seen.Backups!.LastFailure?.Message, StringComparison.Ordinal);
    }

    [DependentFact]
    public async Task A_namespace_that_is_being_deleted_is_waited_for_and_made_again()
    {
        var spec = await NewReadyAsync();
        var other = NewSpec();
        await Hand.DeleteAsync(ResourceKind.Namespace, new ObjectKey(null, Namespace), null, default);
        await Backend.ApplyAsync(other, default);
        Assert.Equal("namespace-terminating", (await Backend.WaitForAsync(other.Id, ClusterPhase.Failed)).Reason?.Code);

        Assert.True(Kubernetes.Server.FinishNamespace(Namespace));
        await Backend.WaitForAsync(spec.Id, seen => seen.Phase is ClusterPhase.Absent or ClusterPhase.Failed);
        await Backend.ApplyAsync(other, default);
        await Backend.WaitForAsync(other.Id, ClusterPhase.Ready);
        Assert.False(Exists(Kinds.Cluster, spec.Id.Value));
    }

    [DependentFact]
    public async Task A_server_that_ends_at_any_step_leaves_what_the_next_one_finishes()
    {
        foreach (var removes in new[] { false, true })
        {
            for (var step = 0; ; step++)
            {
                var spec = NewSpec() with { Pooler = new PoolerSpec(PoolMode.Session, 10), Backups = new BackupSpec(7) };
                var writes = 0;
                var ready = Task.CompletedTask;
                using (var hold = Kubernetes.Server.Faults.Hold(call => IsOurs(call) && call.IsWrite && Interlocked.Increment(ref writes) > step))
                {
                    await Backend.ApplyAsync(spec, default);
                    ready = Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
                    if (await Task.WhenAny(hold.Reached, ready) == ready && !hold.Reached.IsCompleted)
                    {
                        Kubernetes.Server.Faults.Clear();
                        Assert.True(step > 10, $"It was ready after {step} writes.");
                        break;
                    }

                    _ = ready.ContinueWith(task => _ = task.Exception, TaskScheduler.Default);
                    await Kubernetes.KillAsync(Backend);
                    Kubernetes.Server.Faults.Clear();
                }

                Backend = Kubernetes.NewBackend();
                if (removes)
                {
                    await Backend.DestroyAsync(spec.Id, keepBackups: false, default);
                    Assert.Equal(ClusterObservation.Absent, await Backend.WaitForAsync(spec.Id, ClusterPhase.Absent));
                    Assert.Empty(Remains(spec.Id));
                }
                else
                {
                    await Backend.ApplyAsync(spec, default);
                    await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
                }
            }
        }
    }
}
