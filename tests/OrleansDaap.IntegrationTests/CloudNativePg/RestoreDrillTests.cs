using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.CloudNativePg;

/// <summary>Drills against the operator's double; what they compare is tested on a PostgreSQL, see <c>Drills</c>.</summary>
[RequiresCnpgDefinitions]
public sealed class RestoreDrillTests : KubernetesTest
{
    protected override (string Key, string Value)[] Settings => [("ProgressDeadline", "00:00:30")];

    [DependentFact]
    public async Task A_drill_restores_the_newest_backup_up_to_the_samples_point_to_a_cluster_without_an_archive_and_leaves_nothing()
    {
        var spec = await NewBackedUpAsync();
        Kubernetes.Operator.Moods.Holds = name => name == Scratch(spec);
        await Backend.DrillAsync(spec.Id, "drill-1", default);
        await UntilAsync(Kinds.Cluster, () => Exists(Kinds.Cluster, Scratch(spec)));
        Assert.Equal("drill-1", (await Backend.ObserveAsync(spec.Id, default)).Backups?.RunningDrill);

        var scratch = Stored(Kinds.Cluster, Scratch(spec))["spec"]!;
        var target = scratch["bootstrap"]!["recovery"]!["recoveryTarget"]!;
        Assert.Equal(("4711", Stored(Kinds.Backup, "bk-1")["status"]!["backupId"]!.GetValue<string>()), (target["targetXID"]!.GetValue<string>(), target["backupID"]!.GetValue<string>()));
        Assert.Null(scratch["plugins"]);
        var policy = Stored(ResourceKind.NetworkPolicy, Scratch(spec))["spec"]!.ToJsonString();
        Assert.DoesNotContain("daap.io/team", policy, StringComparison.Ordinal);

        Kubernetes.Operator.Moods.Holds = _ => false;
        Kubernetes.Operator.Nudge(Scratch(spec));
        var drill = await ResultAsync(spec, "drill-1");
        Assert.Equal((null, null, true), (drill.Failure, drill.Warning, drill.Compared));
        await UntilAsync(Kinds.Cluster, () => !Exists(Kinds.Cluster, Scratch(spec)));
        await UntilAsync(ResourceKind.NetworkPolicy, () => !Exists(ResourceKind.NetworkPolicy, Scratch(spec)));
        Assert.Equal(ClusterPhase.Ready, (await Backend.ObserveAsync(spec.Id, default)).Phase);
    }

    [DependentFact]
    public async Task A_closed_database_is_compared_too()
    {
        var spec = await NewBackedUpAsync();
        await Backend.ApplyAsync(spec with { Generation = 2, HasData = true, Closed = true }, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 2);
        await Backend.DrillAsync(spec.Id, "drill-1", default);

        var drill = await ResultAsync(spec, "drill-1");
        Assert.Equal((null, true), (drill.Failure, drill.Compared));
    }

    [DependentFact]
    public async Task A_restored_cluster_that_is_not_its_source_fails_the_drill_and_one_that_the_operator_gives_up_too()
    {
        var spec = await NewBackedUpAsync();
        Kubernetes.Operator.Moods.Differing[spec.Id.Value] = "table shop.orders is not what it was";
        await Backend.DrillAsync(spec.Id, "drill-1", default);
        var different = await ResultAsync(spec, "drill-1");
        Assert.Equal(("drill-differs", "table shop.orders is not what it was", null), (different.Failure?.Code, different.Failure?.Message, different.ProvenAt));

        Kubernetes.Operator.Moods.Stuck[Scratch(spec)] = ("Cluster is unrecoverable and needs manual intervention", "no such backup");
        await Backend.DrillAsync(spec.Id, "drill-2", default);
        Assert.Contains("no such backup", (await ResultAsync(spec, "drill-2")).Failure?.Message, StringComparison.Ordinal);

        Kubernetes.Operator.Moods.Stuck.Clear();
        Kubernetes.Operator.Moods.Differing.Clear();
        await Backend.DrillAsync(spec.Id, "drill-3", default);
        Assert.Null((await ResultAsync(spec, "drill-3")).Failure);
    }

    [DependentFact]
    public async Task A_source_that_answers_nobody_is_not_compared()
    {
        var spec = await NewBackedUpAsync();
        Kubernetes.Operator.Moods.Silent[spec.Id.Value] = true;
        await Backend.DrillAsync(spec.Id, "drill-1", default);

        var drill = await ResultAsync(spec, "drill-1");
        Assert.Equal((null, false), (drill.Failure, drill.Compared));
        Assert.Null(Kubernetes.Bucket.Failure);
    }

    [DependentFact]
    public async Task A_drill_that_its_server_does_not_finish_the_next_one_runs_anew_whatever_step_it_ended_at()
    {
        var spec = await NewBackedUpAsync();
        for (var (step, isDone) = (0, false); !isDone; step++)
        {
            var (drill, writes) = ($"drill-{step}", 0);
            using (var hold = Kubernetes.Server.Faults.Hold(call => IsOurs(call) && call.IsWrite && Interlocked.Increment(ref writes) > step))
            {
                await Backend.DrillAsync(spec.Id, drill, default);
                var gone = GoneAsync(spec, drill);
                isDone = await Task.WhenAny(hold.Reached, gone) == gone && !hold.Reached.IsCompleted;
                _ = gone.ContinueWith(task => _ = task.Exception, TaskScheduler.Default);
                await Kubernetes.KillAsync(Backend);
                Kubernetes.Server.Faults.Clear();
            }

            Assert.True(!isDone || step >= 4, $"A drill took {step} writes.");
            Backend = Kubernetes.NewBackend(Settings);
            await Backend.DrillAsync(spec.Id, drill, default);
            Assert.Null((await ResultAsync(spec, drill)).Failure);
            await GoneAsync(spec, drill);
        }
    }

    [DependentFact]
    public async Task A_database_that_is_removed_or_frozen_takes_its_drill_along()
    {
        foreach (var removes in new[] { false, true })
        {
            var spec = await NewBackedUpAsync($"bk-{removes}");
            Kubernetes.Operator.Moods.Holds = name => name == Scratch(spec);
            await Backend.DrillAsync(spec.Id, "drill-1", default);
            await UntilAsync(Kinds.Cluster, () => Exists(Kinds.Cluster, Scratch(spec)));
            if (removes)
            {
                await Backend.DestroyAsync(spec.Id, keepBackups: false, default);
                await Backend.WaitForAsync(spec.Id, ClusterPhase.Absent);
                await UntilAsync(ResourceKind.Secret, () => !Remains(spec.Id).Any());
            }
            else
            {
                await Backend.ApplyAsync(spec with { Generation = 2, HasData = true, Frozen = true }, default);
                await Backend.WaitForAsync(spec.Id, ClusterPhase.Stopped, 2);
                await GoneAsync(spec, drill: null);
            }
        }
    }

    [DependentFact]
    public async Task A_server_that_looks_on_leaves_anothers_drill_alone()
    {
        var spec = await NewBackedUpAsync();
        Kubernetes.Operator.Moods.Holds = name => name == Scratch(spec);
        await Backend.DrillAsync(spec.Id, "drill-1", default);
        await UntilAsync(Kinds.Cluster, () => Exists(Kinds.Cluster, Scratch(spec)));
        var other = Kubernetes.NewBackend(Settings);
        Assert.Equal(ClusterPhase.Ready, (await other.WaitForAsync(spec.Id, ClusterPhase.Ready)).Phase);

        // It puts drift right meanwhile, and has seen all there is.
        await Hand.DeleteAsync(ResourceKind.NetworkPolicy, Key(spec.Id.Value), null, default);
        await UntilAsync(ResourceKind.NetworkPolicy, () => Exists(ResourceKind.NetworkPolicy, spec.Id.Value));
        Assert.True(Exists(Kinds.Cluster, Scratch(spec)));
        Kubernetes.Operator.Moods.Holds = _ => false;
        Kubernetes.Operator.Nudge(Scratch(spec));
        Assert.Null((await ResultAsync(spec, "drill-1")).Failure);
    }

    private static string Scratch(ClusterSpec spec) => $"{spec.Id}-drill";

    private async Task<ClusterSpec> NewBackedUpAsync(string backup = "bk-1")
    {
        var spec = await NewReadyAsync(spec => spec with { Backups = new BackupSpec(7) });
        await Backend.BackUpAsync(spec.Id, new BackupRequest(backup, BackupType.Full), default);
        await Backend.WaitForAsync(spec.Id, seen => seen.Backups is { LastSuccessfulAt: not null, Running: null });
        return spec;
    }

    private async Task<DrillResult> ResultAsync(ClusterSpec spec, string drill) =>
        (await Backend.WaitForAsync(spec.Id, seen => seen.Backups?.LastDrill?.Id == drill)).Backups!.LastDrill!;

    private async Task GoneAsync(ClusterSpec spec, string? drill)
    {
        if (drill is not null) await ResultAsync(spec, drill);
        await UntilAsync(Kinds.Cluster, () => !Exists(Kinds.Cluster, Scratch(spec)));
        await UntilAsync(ResourceKind.NetworkPolicy, () => !Exists(ResourceKind.NetworkPolicy, Scratch(spec)));
    }
}
