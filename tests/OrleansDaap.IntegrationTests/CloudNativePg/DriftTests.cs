using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.CloudNativePg;

/// <summary>People with kubectl, and what is steady without them.</summary>
[RequiresCnpgDefinitions]
public sealed class DriftTests : KubernetesTest
{
    [DependentFact]
    public async Task What_somebody_changes_on_a_cluster_is_put_right()
    {
        var spec = await NewReadyAsync();
        var patch = new JsonObject { ["spec"] = new JsonObject { ["instances"] = 3, ["postgresql"] = new JsonObject { ["pg_hba"] = new JsonArray("host all all all trust") } } };
        await Hand.MergePatchAsync(Kinds.Cluster, Key(spec.Id.Value), patch, default);

        await UntilAsync(Kinds.Cluster, () => Stored(Kinds.Cluster, spec.Id.Value)["spec"]!["instances"]!.GetValue<int>() == 1);
        Assert.Equal("hostnossl all all all reject", Stored(Kinds.Cluster, spec.Id.Value)["spec"]!["postgresql"]!["pg_hba"]!.AsArray()[^1]!.GetValue<string>());
    }

    [DependentFact]
    public async Task A_database_that_somebody_hibernates_is_woken()
    {
        var spec = await NewReadyAsync();
        await Hand.MergePatchAsync(Kinds.Cluster, Key(spec.Id.Value), Annotation("cnpg.io/hibernation", "on"), default);

        await UntilAsync(Kinds.Cluster, () => Stored(Kinds.Cluster, spec.Id.Value)["metadata"]!["annotations"]!["cnpg.io/hibernation"]!.GetValue<string>() == "off");
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
    }

    [DependentFact]
    public async Task What_somebody_deletes_is_made_again()
    {
        var spec = await NewReadyAsync(spec => spec with { Pooler = new PoolerSpec(PoolMode.Session, 10), Backups = new BackupSpec(7) });
        foreach (var (kind, name) in new[]
        {
            (ResourceKind.NetworkPolicy, spec.Id.Value), (ResourceKind.NetworkPolicy, "default-deny"), (Kinds.Pooler, $"{spec.Id}-pooler"), (Kinds.ObjectStore, spec.Id.Value),
        })
        {
            var before = Stored(kind, name)["metadata"]!["uid"]!.GetValue<string>();
            await Hand.DeleteAsync(kind, Key(name), null, default);
            await UntilAsync(kind, () => Exists(kind, name) && Stored(kind, name)["metadata"]!["uid"]!.GetValue<string>() != before);
        }
    }

    [DependentFact]
    public async Task A_cluster_that_somebody_deletes_is_told_and_no_empty_one_is_made()
    {
        var spec = await NewReadyAsync();
        await Hand.DeleteAsync(Kinds.Cluster, Key(spec.Id.Value), null, default);
        Assert.Equal("cluster-missing", (await Backend.WaitForAsync(spec.Id, ClusterPhase.Failed)).Reason?.Code);

        await Backend.ApplyAsync(spec with { HasData = true }, default);
        await Backend.WaitForAsync(spec.Id, seen => seen.Reason?.Code == "data-missing");
        Assert.False(Exists(Kinds.Cluster, spec.Id.Value));
    }

    [DependentFact]
    public async Task A_database_follows_its_owner_and_stays_where_it_is()
    {
        var spec = await NewReadyAsync();
        var before = await Backend.ObserveAsync(spec.Id, default);
        await Backend.ApplyAsync(spec with { Generation = 2, HasData = true, OwnerTeam = "payments" }, default);
        var seen = await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 2);

        Assert.Equal(before.Endpoint, seen.Endpoint);
        var policy = Stored(ResourceKind.NetworkPolicy, spec.Id.Value).ToJsonString();
        Assert.Contains("\"daap.io/team\":\"payments\"", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("checkout\"}", policy.Replace("daap-checkout", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("payments", Stored(Kinds.Cluster, spec.Id.Value)["metadata"]!["labels"]!["daap.io/team"]!.GetValue<string>());
    }

    [DependentFact]
    public async Task The_owner_keeps_the_password_and_gets_the_CA_without_its_key_and_the_next_one_when_it_is_renewed()
    {
        var spec = await NewReadyAsync();
        var before = Secret(spec, "password");
        await Backend.ApplyAsync(spec with { Generation = 2, Tier = "large" }, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 2);
        Assert.Equal(before, Secret(spec, "password"));
        Assert.Contains("of-the-operator-double", Secret(spec, "ca.crt"), StringComparison.Ordinal);
        Assert.Null(Stored(ResourceKind.Secret, $"{spec.Id}-app")["data"]!["ca.key"]);

        await Hand.MergePatchAsync(ResourceKind.Secret, Key($"{spec.Id}-ca"), new JsonObject { ["data"] = new JsonObject { ["ca.crt"] = Convert.ToBase64String("renewed"u8) } }, default);
        var expirations = new JsonObject { [$"{spec.Id}-ca"] = "2031-01-01 00:00:00Z" };
        await Hand.MergePatchAsync(Kinds.Cluster, Key(spec.Id.Value), new JsonObject { ["status"] = new JsonObject { ["certificates"] = new JsonObject { ["expirations"] = expirations } } }, default, "status");
        await UntilAsync(ResourceKind.Secret, () => Secret(spec, "ca.crt") == "renewed");
        Assert.Equal(before, Secret(spec, "password"));
    }

    [DependentFact]
    public async Task What_one_server_applies_another_follows()
    {
        var spec = await NewReadyAsync(spec => spec with { Pooler = new PoolerSpec(PoolMode.Session, 10) });
        var other = Kubernetes.NewBackend();
        await other.WaitForAsync(spec.Id, ClusterPhase.Ready);
        await Backend.ApplyAsync(spec with { Generation = 2, HasData = true, OwnerTeam = "payments" }, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 2);

        await other.WaitForAsync(spec.Id, ClusterPhase.Ready, 2);
    }

    [DependentFact]
    public async Task Steady_databases_cost_no_request_but_watches_not_even_by_a_server_that_was_just_started()
    {
        var specs = new List<ClusterSpec>();
        for (var i = 0; i < 5; i++) specs.Add(await NewReadyAsync(spec => spec with { Pooler = new PoolerSpec(PoolMode.Session, 10), Backups = new BackupSpec(7) }));
        await Kubernetes.KillAsync(Backend);
        var calls = new ConcurrentQueue<ApiCall>();
        Kubernetes.Server.Denied["cluster-admin"] = call =>
        {
            calls.Enqueue(call);
            return false;
        };
        Backend = Kubernetes.NewBackend();
        foreach (var spec in specs) Assert.Equal(ClusterPhase.Ready, (await Backend.ObserveAsync(spec.Id, default)).Phase);

        // Whatever the others made it do was done by the time that one more is ready.
        var last = await NewReadyAsync();
        foreach (var spec in specs) Assert.Equal(ClusterPhase.Ready, (await Backend.ObserveAsync(spec.Id, default)).Phase);
        Assert.DoesNotContain(calls, call => specs.Any(spec => call.Key.Name.StartsWith(spec.Id.Value, StringComparison.Ordinal)));
        Assert.Contains(calls, call => call.Key.Name == last.Id.Value);
        Assert.Equal(5, calls.Count(call => call.Verb == "list" && call.Key.Namespace is null));
    }

    private string Secret(ClusterSpec spec, string key) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(Stored(ResourceKind.Secret, $"{spec.Id}-app")["data"]![key]!.GetValue<string>()));

    private static JsonObject Annotation(string name, string value) => new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [name] = value } } };
}
