using System.Globalization;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Common;

namespace OrleansDaap.Testing.CloudNativePg;

/// <summary>The plugin's part: backups, and the window that they restore to.</summary>
internal sealed class OperatedBackups(KubernetesClient client, OperatorMoods moods, TestBucket bucket, TimeProvider time)
{
    private readonly HashSet<string> _begun = [];
    private int _count;

    public async Task LookAsync(KubernetesObject backup, KubernetesObject? cluster, CancellationToken cancellationToken)
    {
        var name = backup.Text("spec", "cluster", "name")!;
        if (backup.Text("status", "phase") is "completed" or "failed" || moods.WaitingBackups.ContainsKey(name) || backup.DeletionRequestedAt is not null) return;

        // What it wrote itself may not have been shown to it yet.
        if (!_begun.Add(backup.Uid)) return;
        try
        {
            await TakeAsync(backup, cluster, name, cancellationToken);
        }
        catch (KubernetesException)
        {
            _begun.Remove(backup.Uid);
            throw;
        }
    }

    private async Task TakeAsync(KubernetesObject backup, KubernetesObject? cluster, string name, CancellationToken cancellationToken)
    {
        if (cluster is null || moods.FailingBackups.ContainsKey(name))
        {
            var error = moods.FailingBackups.GetValueOrDefault(name) ?? "Unknown cluster";
            await SetAsync(backup, new JsonObject { ["phase"] = "failed", ["error"] = error, ["startedAt"] = Now(), ["stoppedAt"] = Now() }, cancellationToken);
            return;
        }

        var number = Interlocked.Increment(ref _count);
        var started = Now();
        var id = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMdd'T'HHmmss}.{number}");
        await SetAsync(backup, new JsonObject { ["phase"] = "running", ["startedAt"] = started }, cancellationToken);
        bucket.Add(new DatabaseId(name), id);
        var stopped = Now();
        await OpenWindowAsync(new ObjectKey(backup.Namespace, name), stopped, cancellationToken);
        await SetAsync(backup, new JsonObject
        {
            ["phase"] = "completed",
            ["backupId"] = id,
            ["beginWal"] = $"0000000100000000000000{number:X2}",
            ["endWal"] = $"0000000100000000000000{number:X2}",
            ["startedAt"] = started,
            ["stoppedAt"] = stopped,
        }, cancellationToken);
    }

    private async Task OpenWindowAsync(ObjectKey store, string stopped, CancellationToken cancellationToken)
    {
        var found = await client.GetAsync(Kinds.ObjectStore, store, cancellationToken);
        var window = new JsonObject { ["lastSuccessfulBackupTime"] = stopped };
        if (found?.Text("status", "serverRecoveryWindow", store.Name, "firstRecoverabilityPoint") is null) window["firstRecoverabilityPoint"] = stopped;
        var status = new JsonObject { ["serverRecoveryWindow"] = new JsonObject { [store.Name] = window } };
        await client.MergePatchAsync(Kinds.ObjectStore, store, new JsonObject { ["status"] = status }, cancellationToken, "status");
    }

    private Task<KubernetesObject> SetAsync(KubernetesObject backup, JsonObject status, CancellationToken cancellationToken) =>
        client.MergePatchAsync(Kinds.Backup, backup.Key, new JsonObject { ["status"] = status }, cancellationToken, "status");

    private string Now() => time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
