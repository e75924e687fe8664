using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.CloudNativePg;
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
        Assert.Equal(OperatedClusters.Authority, Secret(spec, "ca.crt"));
        Assert.Null(Stored(ResourceKind.Secret, $"{spec.Id}-app")["data"]!["ca.key"]);

        await Hand.MergePatchAsync(ResourceKind.Secret, Key($"{spec.Id}-ca"), new JsonObject { ["data"] = new JsonObject { ["ca.crt"] = Convert.ToBase64String("renewed"u8) } }, default);
        var expirations = new JsonObject { [$"{spec.Id}-ca"] = "2031-01-01 00:00:00Z" };
        await Hand.MergePatchAsync(Kinds.Cluster, Key(spec.Id.Value), new JsonObject { ["status"] = new JsonObject { ["certificates"] = new JsonObject { ["expirations"] = expirations } } }, default, "status");
        await UntilAsync(ResourceKind.Secret, () => Secret(spec, "ca.crt") == "renewed");
        Assert.Equal(before, Secret(spec, "password"));
    }

    [DependentFact]
    public async Task An_owners_secret_that_somebody_deletes_is_made_again_with_the_CA_and_a_new_password()
    {
        var spec = await NewReadyAsync();
        var before = Secret(spec, "password");
        await Hand.DeleteAsync(ResourceKind.Secret, Key($"{spec.Id}-app"), null, default);

        await UntilAsync(ResourceKind.Secret, () => Exists(ResourceKind.Secret, $"{spec.Id}-app"));
        Assert.Equal(OperatedClusters.Authority, Secret(spec, "ca.crt"));
        Assert.NotEqual(before, Secret(spec, "password"));
    }

    [DependentFact]
    public async Task What_somebody_writes_down_as_wanted_is_followed_by_no_server_whatever_its_generation()
    {
        var spec = await NewReadyAsync();
        var own = Stored(Kinds.Cluster, spec.Id.Value)["metadata"]!["annotations"]!["daap.io/spec"]!.GetValue<string>();
        var forged = own.Replace("\"Generation\":1", "\"Generation\":7", StringComparison.Ordinal).Replace("checkout", "intruders", StringComparison.Ordinal);
        Assert.NotEqual(own, forged);
        await Hand.MergePatchAsync(Kinds.Cluster, Key(spec.Id.Value), Annotation("daap.io/spec", forged), default);
        await UntilAsync(Kinds.Cluster, () => !Stored(Kinds.Cluster, spec.Id.Value).ToJsonString().Contains("intruders", StringComparison.Ordinal));
        Assert.Equal(1, (await Backend.ObserveAsync(spec.Id, default)).Generation);

        await Kubernetes.KillAsync(Backend);
        await Hand.MergePatchAsync(Kinds.Cluster, Key(spec.Id.Value), Annotation("daap.io/spec", forged), default);
        Backend = Kubernetes.NewBackend();
        Assert.Equal("spec-unreadable", (await Backend.ObserveAsync(spec.Id, default)).Reason?.Code);
        await Backend.ApplyAsync(spec with { HasData = true }, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready, 1);
        Assert.DoesNotContain("intruders", Stored(Kinds.Cluster, spec.Id.Value).ToJsonString(), StringComparison.Ordinal);
    }

    [DependentFact]
    public async Task What_is_left_of_a_database_alone_is_shown_to_the_platform_and_removed_when_it_wants_so()
    {
        var spec = await NewReadyAsync();
        var policy = Stored(ResourceKind.NetworkPolicy, spec.Id.Value);
        await Backend.DestroyAsync(spec.Id, keepBackups: false, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Absent);
        policy["metadata"] = new JsonObject { ["name"] = spec.Id.Value, ["namespace"] = Namespace, ["labels"] = policy["metadata"]!["labels"]!.DeepClone() };
        await Hand.ApplyAsync(ResourceKind.NetworkPolicy, policy, default);

        var other = Kubernetes.NewBackend();
        foreach (var backend in new[] { Backend, other })
        {
            await using var shown = backend.WatchAsync(default).GetAsyncEnumerator();
            do Assert.True(await shown.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)));
            while (shown.Current != spec.Id);
            Assert.NotEqual(ClusterPhase.Absent, (await backend.ObserveAsync(spec.Id, default)).Phase);
        }

        await other.DestroyAsync(spec.Id, keepBackups: false, default);
        await other.WaitForAsync(spec.Id, seen => seen.Phase == ClusterPhase.Absent);
        Assert.Empty(Remains(spec.Id));
    }

    [DependentFact]
    public async Task One_that_answers_nobody_is_told_as_ready_by_a_server_that_starts_until_it_has_asked_and_not_after_that()
    {
        var spec = await NewReadyAsync();
        await Kubernetes.KillAsync(Backend);
        Kubernetes.Operator.Moods.Silent[spec.Id.Value] = true;
        Backend = Kubernetes.NewBackend();
        await Backend.WaitForAsync(spec.Id, seen => seen.Phase == ClusterPhase.Progressing);

        Kubernetes.Operator.Moods.Silent.Clear();
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Ready);
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
        await Backend.DestroyAsync(spec.Id, keepBackups: false, default);
        Assert.Equal(ClusterObservation.Absent, await Backend.WaitForAsync(spec.Id, ClusterPhase.Absent));
        await other.WaitForAsync(spec.Id, seen => seen.Phase == ClusterPhase.Absent);
        Assert.Empty(Remains(spec.Id));
    }

    [DependentFact]
    public async Task What_one_server_removes_before_it_was_ever_ready_another_leaves_gone()
    {
        var spec = NewSpec() with { Pooler = new PoolerSpec(PoolMode.Session, 10), Backups = new BackupSpec(7) };
        Kubernetes.Operator.Moods.Ignored[spec.Id.Value] = true;
        var other = Kubernetes.NewBackend();
        await Backend.ApplyAsync(spec, default);
        await UntilAsync(Kinds.Pooler, () => Exists(Kinds.Pooler, $"{spec.Id}-pooler"));
        await other.WaitForAsync(spec.Id, seen => seen.Generation == 1);

        await Backend.DestroyAsync(spec.Id, keepBackups: false, default);
        await Backend.WaitForAsync(spec.Id, ClusterPhase.Absent);
        await other.WaitForAsync(spec.Id, seen => seen.Phase == ClusterPhase.Absent);
        Assert.Empty(Remains(spec.Id));
    }

    [DependentFact]
    public async Task A_removal_that_its_server_does_not_finish_another_one_does_and_a_third_that_looks_on_puts_nothing_back()
    {
        var step = 0;
        for (var isDone = false; !isDone; step++)
        {
            var spec = await NewReadyAsync(spec => spec with { Pooler = new PoolerSpec(PoolMode.Session, 10), Backups = new BackupSpec(7) });
            var bystander = Kubernetes.NewBackend();
            await bystander.WaitForAsync(spec.Id, ClusterPhase.Ready);
            var writes = 0;
            using (var hold = Kubernetes.Server.Faults.Hold(call => IsOurs(call) && call.IsWrite && Interlocked.Increment(ref writes) > step))
            {
                await Backend.DestroyAsync(spec.Id, keepBackups: false, default);
                var gone = Backend.WaitForAsync(spec.Id, ClusterPhase.Absent);
                isDone = await Task.WhenAny(hold.Reached, gone) == gone && !hold.Reached.IsCompleted;
                _ = gone.ContinueWith(task => _ = task.Exception, TaskScheduler.Default);
                await Kubernetes.KillAsync(Backend);
                Kubernetes.Server.Faults.Clear();
            }

            Backend = Kubernetes.NewBackend();
            await Backend.DestroyAsync(spec.Id, keepBackups: false, default);
            Assert.Equal(ClusterObservation.Absent, await Backend.WaitForAsync(spec.Id, ClusterPhase.Absent));
            await bystander.WaitForAsync(spec.Id, seen => seen.Phase == ClusterPhase.Absent);
            Assert.Empty(Remains(spec.Id));
            await Kubernetes.KillAsync(bystander);
        }

        Assert.True(step > 6, $"A removal took {step} writes.");
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
