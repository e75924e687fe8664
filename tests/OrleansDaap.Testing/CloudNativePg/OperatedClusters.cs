using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.Common;
using KubernetesObject = OrleansDaap.CloudNativePg.Kubernetes.KubernetesObject;

namespace OrleansDaap.Testing.CloudNativePg;

/// <summary>The operator's part in clusters and poolers.</summary>
internal sealed class OperatedClusters(KubernetesClient client, OperatorMoods moods, TimeProvider time)
{
    private static readonly (string Certificate, string Key) Ca = MakeAuthority();

    /// <summary>Every cluster's CA.</summary>
    public static string Authority => Ca.Certificate;

    private readonly ConcurrentDictionary<string, bool> _running = new();

    /// <summary>Whether its instances run, and let clients in.</summary>
    public bool IsRunning(string name) => _running.ContainsKey(name);

    /// <summary>Takes every step that is due; each look begins from what is there.</summary>
    public async Task LookAsync(ObjectKey key, KubernetesObject? cluster, CancellationToken cancellationToken)
    {
        if (cluster is null)
        {
            _running.TryRemove(key.Name, out _);
            await DeletePodsAsync(key, _ => true, cancellationToken);
            foreach (var secret in new[] { ObjectNames.CertificateAuthority(new DatabaseId(key.Name)), $"{key.Name}-superuser" })
                await client.DeleteAsync(ResourceKind.Secret, key with { Name = secret }, null, cancellationToken);
            return;
        }

        if (moods.Ignored.ContainsKey(key.Name) || cluster.DeletionRequestedAt is not null) return;
        if (moods.Stuck.TryGetValue(key.Name, out var stuck))
        {
            await SetStatusAsync(cluster, new JsonObject { ["phase"] = stuck.Phase, ["phaseReason"] = stuck.Reason, ["conditions"] = Conditions(cluster, ("Ready", "False", "ClusterIsNotReady", "not ready")) }, cancellationToken);
        }
        else if (cluster.Text("status", "phase") is null)
        {
            await BeginAsync(cluster, cancellationToken);
        }
        else if (moods.Holds(key.Name))
        {
            // Until it is nudged.
        }
        else if (cluster.Annotation(ClusterManifest.HibernationAnnotation) == "on")
        {
            await HibernateAsync(cluster, cancellationToken);
        }
        else
        {
            await RunAsync(cluster, cancellationToken);
        }
    }

    public async Task LookAtPoolerAsync(KubernetesObject pooler, CancellationToken cancellationToken)
    {
        var wanted = pooler.Number("spec", "instances") ?? 1;
        if (moods.Ignored.ContainsKey(pooler.Text("spec", "cluster", "name")!) || pooler.Number("status", "instances") == wanted) return;
        await client.MergePatchAsync(Kinds.Pooler, pooler.Key, new JsonObject { ["status"] = new JsonObject { ["instances"] = wanted } }, cancellationToken, "status");
    }

    private async Task BeginAsync(KubernetesObject cluster, CancellationToken cancellationToken)
    {
        var name = ObjectNames.CertificateAuthority(new DatabaseId(cluster.Name));
        await client.ApplyAsync(ResourceKind.Secret, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = cluster.Namespace },
            ["data"] = new JsonObject { ["ca.crt"] = Base64(Authority), ["ca.key"] = Base64(Ca.Key) },
        }, cancellationToken);
        if (cluster.At("spec", "enableSuperuserAccess")?.GetBoolean() == true)
        {
            await client.ApplyAsync(ResourceKind.Secret, new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = new JsonObject { ["name"] = $"{cluster.Name}-superuser", ["namespace"] = cluster.Namespace },
                ["data"] = new JsonObject { ["username"] = Base64("postgres"), ["password"] = Base64("of the double") },
            }, cancellationToken);
        }

        await SetStatusAsync(cluster, new JsonObject
        {
            ["phase"] = "Setting up primary",
            ["certificates"] = new JsonObject { ["expirations"] = new JsonObject { [name] = time.GetUtcNow().AddDays(90).ToString("u", CultureInfo.InvariantCulture) } },
            ["conditions"] = Conditions(cluster, ("Initialized", "False", "ClusterIsNotInitialized", "not initialized"), ("Ready", "False", "ClusterIsNotReady", "not ready")),
        }, cancellationToken);
    }

    private async Task RunAsync(KubernetesObject cluster, CancellationToken cancellationToken)
    {
        var instances = (int)(cluster.Number("spec", "instances") ?? 1);
        await DeletePodsAsync(cluster.Key, pod => pod.Annotation(ClusterManifest.RestartAnnotation) != cluster.Annotation(ClusterManifest.RestartAnnotation), cancellationToken);
        for (var i = 1; i <= instances; i++) await client.ApplyAsync(Kinds.Pod, Pod(cluster, i), cancellationToken);
        var isClosed = cluster.At("spec", "postgresql", "pg_hba") is { } rules && rules[rules.GetArrayLength() - 1].GetString() == "host all all all reject" && !rules[0].GetString()!.StartsWith("hostssl all postgres", StringComparison.Ordinal);
        if (isClosed) _running.TryRemove(cluster.Name, out _);
        else _running[cluster.Name] = true;
        var archives = moods.FailingArchives.TryGetValue(cluster.Name, out var failing)
            ? ("ContinuousArchiving", "False", "ContinuousArchivingFailing", failing)
            : ("ContinuousArchiving", "True", "ContinuousArchivingSuccess", "Continuous archiving is working");
        await SetStatusAsync(cluster, new JsonObject
        {
            ["phase"] = moods.Busy.GetValueOrDefault(cluster.Name) ?? "Cluster in healthy state",
            ["phaseReason"] = null,
            ["instances"] = instances,
            ["readyInstances"] = instances,
            ["currentPrimary"] = $"{cluster.Name}-1",
            ["timelineID"] = 1,
            ["secretsResourceVersion"] = await SecretsAsync(cluster, cancellationToken),
            ["image"] = await ImageAsync(cluster, cancellationToken),
            ["conditions"] = Conditions(
                cluster, ("Initialized", "True", "ClusterIsInitialized", "initialized"), ("Ready", "True", "ClusterIsReady", "Cluster is Ready"),
                ("ConsistentSystemID", "True", "Unique", "A single, unique system ID was found"), archives),
        }, cancellationToken);
    }

    private async Task HibernateAsync(KubernetesObject cluster, CancellationToken cancellationToken)
    {
        if (moods.Awake.TryGetValue(cluster.Name, out var reason))
        {
            await SetStatusAsync(cluster, Hibernation(cluster, "False", reason, cluster.Number("status", "readyInstances") ?? 0), cancellationToken);
            return;
        }

        _running.TryRemove(cluster.Name, out _);
        await DeletePodsAsync(cluster.Key, _ => true, cancellationToken);

        // Ready stays true, and the phase healthy.
        await SetStatusAsync(cluster, Hibernation(cluster, "True", "Hibernated", 0), cancellationToken);
    }

    private JsonObject Hibernation(KubernetesObject cluster, string status, string reason, long ready)
    {
        var before = Kept(cluster).Where(condition => condition.Type != ClusterWords.Hibernation);
        return new JsonObject { ["readyInstances"] = ready, ["conditions"] = Conditions(cluster, [.. before, (ClusterWords.Hibernation, status, reason, $"Cluster: {reason}")]) };
    }

    private static IEnumerable<(string Type, string Status, string Reason, string Message)> Kept(KubernetesObject cluster) =>
        from type in new[] { "Initialized", "Ready", "ConsistentSystemID", "ContinuousArchiving" }
        let condition = cluster.Condition(type)
        where condition is not null
        select (type, condition.Status, condition.Reason ?? "", condition.Message ?? "");

    private JsonArray Conditions(KubernetesObject cluster, params (string Type, string Status, string Reason, string Message)[] conditions) =>
        new([.. conditions.Select(JsonNode (one) => new JsonObject
        {
            ["type"] = one.Type,
            ["status"] = one.Status,
            ["reason"] = one.Reason,
            ["message"] = one.Message,
            ["lastTransitionTime"] = (cluster.Condition(one.Type) is { Since: { } since } before && before.Status == one.Status ? since : time.GetUtcNow())
                .UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        })]);

    // Writing what is there already would go on for ever.
    private async Task SetStatusAsync(KubernetesObject cluster, JsonObject status, CancellationToken cancellationToken)
    {
        var wanted = new JsonObject { ["status"] = status };
        if (status.All(field => field.Value is null ? cluster.At("status", field.Key) is null : cluster.At("status", field.Key) is { } live && JsonNode.DeepEquals(JsonNode.Parse(live.GetRawText()), field.Value))) return;
        await client.MergePatchAsync(Kinds.Cluster, cluster.Key, wanted, cancellationToken, "status");
    }

    private async Task<JsonObject> SecretsAsync(KubernetesObject cluster, CancellationToken cancellationToken)
    {
        var secrets = new JsonObject { ["serverCaSecretVersion"] = "1" };
        var owner = await client.GetAsync(ResourceKind.Secret, new ObjectKey(cluster.Namespace, ObjectNames.Credentials(new DatabaseId(cluster.Name))), cancellationToken);
        if (owner is not null) secrets["applicationSecretVersion"] = owner.ResourceVersion;
        else if (cluster.Text("status", "secretsResourceVersion", "applicationSecretVersion") is not null) secrets["applicationSecretVersion"] = null;
        return secrets;
    }

    private async Task<string?> ImageAsync(KubernetesObject cluster, CancellationToken cancellationToken)
    {
        var catalog = await client.GetAsync(Kinds.ImageCatalog, new ObjectKey(cluster.Namespace, cluster.Text("spec", "imageCatalogRef", "name")!), cancellationToken);
        return catalog?.At("spec", "images")?[0].GetProperty("image").GetString();
    }

    private static JsonObject Pod(KubernetesObject cluster, int number)
    {
        var metadata = new JsonObject
        {
            ["name"] = $"{cluster.Name}-{number}",
            ["namespace"] = cluster.Namespace,
            ["labels"] = new JsonObject { [ObjectLabels.Cluster] = cluster.Name, ["cnpg.io/podRole"] = "instance" },
        };
        if (cluster.Annotation(ClusterManifest.RestartAnnotation) is { } restarted) metadata["annotations"] = new JsonObject { [ClusterManifest.RestartAnnotation] = restarted };
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata };
    }

    private async Task DeletePodsAsync(ObjectKey cluster, Func<KubernetesObject, bool> which, CancellationToken cancellationToken)
    {
        await foreach (var page in client.ListAsync(Kinds.Pod, new ObjectSelection(cluster.Namespace, $"{ObjectLabels.Cluster}={cluster.Name}"), 100, cancellationToken))
        {
            foreach (var pod in page.Items.Where(which)) await client.DeleteAsync(Kinds.Pod, pod.Key, null, cancellationToken);
        }
    }

    private static (string Certificate, string Key) MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=of-the-operator-double", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(90));
        return (certificate.ExportCertificatePem() + "\n", key.ExportECPrivateKeyPem());
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
