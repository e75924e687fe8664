using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;
using Xunit;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>What a real API server does and no recorded exchange shows.</summary>
public sealed class TestApiServerTests : ApiServerTest
{
    private static readonly string All = Widgets.Kind.CollectionPath(Widgets.Namespace);
    private static readonly string One = Widgets.Kind.ObjectPath(Widgets.Namespace, "one");

    [Fact]
    public async Task An_unknown_field_of_a_new_object_is_dropped_with_a_warning_or_refused_strictly()
    {
        using var hand = new HandClient(Server);
        var manifest = Widgets.Manifest("one", spec: new JsonObject { ["nosuch"] = 1 });
        var refused = await hand.SendAsync("POST", $"{All}?fieldValidation=Strict", body: manifest);
        var created = await hand.SendAsync("POST", All, body: manifest);

        Assert.Equal((400, 201), (refused.Status, created.Status));
        Assert.Null(created.Answer["spec"]!["nosuch"]);
        Assert.Contains("spec.nosuch", created.Warnings, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_answers_and_keeps_nothing()
    {
        using var hand = new HandClient(Server);
        var answer = await hand.SendAsync("POST", $"{All}?dryRun=All", body: Widgets.Manifest("one"));

        Assert.Equal((201, "blue"), (answer.Status, answer.Answer["spec"]!["colour"]!.GetValue<string>()));
        Assert.Null(await Client.GetAsync(Widgets.Kind, Widgets.Key("one"), None));
    }

    [Fact]
    public async Task Two_who_apply_own_what_each_said_and_share_what_both_said()
    {
        using var hand = new HandClient(Server);
        await hand.ApplyAsync(One, "a", Widgets.Manifest("one", 1, spec: new JsonObject { ["name"] = "x", ["parts"] = Parts("p", 1) }));
        await hand.ApplyAsync(One, "b", Widgets.Manifest("one", 1, spec: new JsonObject { ["parts"] = Parts("q", 2) }));
        var conflict = await hand.ApplyAsync(One, "b", Widgets.Manifest("one", 2, spec: new JsonObject { ["name"] = "y" }));
        Assert.Equal(409, conflict.Status);
        Assert.Equal([".spec.name", ".spec.size"], conflict.Answer["details"]!["causes"]!.AsArray().Select(cause => cause!["field"]!.GetValue<string>()).Order());

        var withdrawn = await hand.ApplyAsync(One, "a", Widgets.Manifest("one", 1));
        Assert.Null(withdrawn.Answer["spec"]!["name"]);
        Assert.Equal(["q"], withdrawn.Answer["spec"]!["parts"]!.AsArray().Select(part => part!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_forced_field_changes_its_owner()
    {
        using var hand = new HandClient(Server);
        await hand.ApplyAsync(One, "a", Widgets.Manifest("one", 1));
        await hand.ApplyAsync(One, "b", Widgets.Manifest("one", 2), force: true);
        var conflict = await hand.ApplyAsync(One, "a", Widgets.Manifest("one", 3));

        Assert.Equal((409, "conflict with \"b\""), (conflict.Status, conflict.Answer["details"]!["causes"]![0]!["message"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_patch_of_an_old_version_is_a_conflict()
    {
        using var hand = new HandClient(Server);
        var first = await ApplyAsync("one", 1);
        await ApplyAsync("one", 2);
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = first.ResourceVersion }, ["spec"] = new JsonObject { ["size"] = 3 } };

        Assert.Equal(409, (await hand.PatchAsync(One, patch)).Status);
    }

    [Fact]
    public async Task A_list_from_the_cache_does_not_heed_the_limit()
    {
        using var hand = new HandClient(Server);
        await ApplyAsync("one");
        await ApplyAsync("two");

        Assert.Equal(2, (await hand.SendAsync("GET", $"{All}?limit=1&resourceVersion=0")).Answer["items"]!.AsArray().Count);
        Assert.Single((await hand.SendAsync("GET", $"{All}?limit=1")).Answer["items"]!.AsArray());
    }

    [Fact]
    public async Task A_deletion_in_the_foreground_waits_for_whoever_collects_what_it_owns()
    {
        await ApplyAsync("one");
        await Client.DeleteAsync(Widgets.Kind, Widgets.Key("one"), new DeleteOptions { Propagation = DeletePropagation.Foreground }, None);
        var held = await Client.GetAsync(Widgets.Kind, Widgets.Key("one"), None);

        Assert.NotNull(held!.DeletionRequestedAt);
        Assert.Equal("foregroundDeletion", Assert.Single(held.At("metadata", "finalizers")!.Value.EnumerateArray()).GetString());
    }

    [Fact]
    public async Task A_value_may_be_a_number_or_a_string_where_the_schema_says_so()
    {
        Assert.Equal(5, (await ApplyAsync("one", spec: new JsonObject { ["limit"] = 5 })).Number("spec", "limit"));
        Assert.Equal("5Gi", (await ApplyAsync("one", spec: new JsonObject { ["limit"] = "5Gi" })).Text("spec", "limit"));
    }

    [Fact]
    public async Task A_missing_field_that_is_required_is_named()
    {
        var manifest = Widgets.Manifest("one");
        manifest["spec"]!.AsObject().Remove("size");
        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => Client.ApplyAsync(Widgets.Kind, manifest, None));

        Assert.Equal(new StatusCause("FieldValueRequired", "Required value", "spec.size"), Assert.Single(refusal.Causes));
    }

    [Fact]
    public async Task A_network_policy_says_which_traffic_it_is_about()
    {
        var policy = JsonNode.Parse("""
            {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"p","namespace":"daap-team-a"},
             "spec":{"podSelector":{"matchLabels":{"a":"b"}},"ingress":[{"from":[{"podSelector":{}}],"ports":[{"port":5432}]}]}}
            """)!.AsObject();
        var applied = await Client.ApplyAsync(ResourceKind.NetworkPolicy, policy, None);

        Assert.Equal("""["Ingress"]""", applied.At("spec", "policyTypes")!.Value.GetRawText());
        Assert.Equal("TCP", applied.At("spec", "ingress")!.Value[0].GetProperty("ports")[0].GetProperty("protocol").GetString());
    }

    private static JsonArray Parts(string name, int count) => [new JsonObject { ["name"] = name, ["count"] = count }];
}
