using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Restores;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.CloudNativePg;

[RequiresCnpgDefinitions]
public sealed class RestoreTests : KubernetesTest
{
    protected override (string Key, string Value)[] Settings => [("ArchiveTimeout", "00:00:01")];

    [DependentFact]
    public async Task One_that_runs_is_restored_to_the_moment_once_a_later_commit_is_archived()
    {
        var source = await NewBackedUpAsync(memoryGib: 4);
        var target = TimeProvider.System.GetUtcNow();
        var restored = await RestoreAsync(source, target);

        var cluster = Stored(Kinds.Cluster, restored.Value);
        Assert.Equal(target.ToString("yyyy-MM-dd HH:mm:ss.ffffff", null) + "+00", cluster["spec"]!["bootstrap"]!["recovery"]!["recoveryTarget"]!["targetTime"]!.GetValue<string>());
        Assert.True(MarkOf(source) > target);

        // Recovery cannot do with fewer than the source had.
        Assert.Equal("400", cluster["spec"]!["postgresql"]!["parameters"]!["max_connections"]!.GetValue<string>());
    }

    [DependentFact]
    public async Task One_that_stands_still_is_restored_whole_for_a_moment_after_its_last_commit_and_exactly_for_one_before()
    {
        var source = await NewBackedUpAsync(memoryGib: 1);
        var before = TimeProvider.System.GetUtcNow();
        await Backend.ApplyAsync(NewSpec() with { Id = source, Generation = 2, Backups = new BackupSpec(7), Frozen = true }, default);
        await Backend.WaitForAsync(source, ClusterPhase.Stopped, 2);
        Assert.True(MarkOf(source) > before);

        var whole = Stored(Kinds.Cluster, (await RestoreAsync(source, TimeProvider.System.GetUtcNow())).Value);
        Assert.Null(whole["spec"]!["bootstrap"]!["recovery"]!["recoveryTarget"]);
        var exact = Stored(Kinds.Cluster, (await RestoreAsync(source, before)).Value);
        Assert.NotNull(exact["spec"]!["bootstrap"]!["recovery"]!["recoveryTarget"]);
    }

    private DateTimeOffset? MarkOf(DatabaseId id) =>
        StoreNotes.Of(new(System.Text.Json.JsonElement.Parse(Stored(Kinds.ObjectStore, id.Value).ToJsonString()))).MarkedAt;

    private async Task<DatabaseId> NewBackedUpAsync(decimal memoryGib)
    {
        var spec = await NewReadyAsync(spec => spec with { Backups = new BackupSpec(7), MemoryGib = memoryGib });
        await Backend.BackUpAsync(spec.Id, new BackupRequest($"bk-{spec.Id.Value[3..]}-1", BackupType.Full), default);
        await Backend.WaitForAsync(spec.Id, seen => seen.Backups?.LastSuccessfulAt is not null);
        return spec.Id;
    }

    private async Task<DatabaseId> RestoreAsync(DatabaseId source, DateTimeOffset target) =>
        (await NewReadyAsync(spec => spec with { Recovery = new RecoverySource(source, target) })).Id;
}
