using System.Net;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Testing.Kubernetes;
using Xunit;

namespace OrleansDaap.IntegrationTests.Kubernetes;

public sealed class KubernetesClientTests : ApiServerTest
{
    internal override bool TakesRealServer => true;

    [Fact]
    public async Task What_is_applied_is_there()
    {
        var applied = await ApplyAsync("one", size: 3);
        var found = await Client.GetAsync(Widgets.Kind, Widgets.Key("one"), None);

        Assert.Equal((1, 3L, "blue"), (applied.Generation, found!.Number("spec", "size"), found.Text("spec", "colour")));
        Assert.Equal((applied.Uid, applied.ResourceVersion, Widgets.Key("one")), (found.Uid, found.ResourceVersion, found.Key));
        Assert.NotNull(found.CreatedAt);
    }

    [Fact]
    public async Task Applying_the_same_again_changes_nothing_and_something_else_counts()
    {
        var first = await ApplyAsync("one", size: 3);
        var again = await ApplyAsync("one", size: 3);
        var other = await ApplyAsync("one", size: 4);

        Assert.Equal(first.ResourceVersion, again.ResourceVersion);
        Assert.NotEqual(first.ResourceVersion, other.ResourceVersion);
        Assert.Equal(2, other.Generation);
    }

    [Fact]
    public async Task What_an_earlier_manifest_said_and_the_next_does_not_is_removed()
    {
        await ApplyAsync("one", spec: new JsonObject { ["name"] = "abc", ["parts"] = Parts("a", "b") });
        var applied = await ApplyAsync("one", spec: new JsonObject { ["parts"] = Parts("b", "c") });

        Assert.Null(applied.Text("spec", "name"));
        Assert.Equal(["b", "c"], applied.At("spec", "parts")!.Value.EnumerateArray().Select(part => part.GetProperty("name").GetString()!).Order());
    }

    [TestApiServerFact("take the token of somebody with kubectl")]
    public async Task What_somebody_else_set_by_hand_is_set_back()
    {
        await ApplyAsync("one", size: 3);
        using var hand = new HandClient(Server);
        await hand.PatchAsync(Widgets.Kind.ObjectPath(Widgets.Namespace, "one"), new JsonObject { ["spec"] = new JsonObject { ["size"] = 9, ["name"] = "hand" } });
        var applied = await ApplyAsync("one", size: 3);

        Assert.Equal((3L, "hand"), (applied.Number("spec", "size"), applied.Text("spec", "name")));
    }

    [Fact]
    public async Task A_missing_object_is_null_and_deleting_it_says_so()
    {
        Assert.Null(await Client.GetAsync(Widgets.Kind, Widgets.Key("none"), None));
        Assert.False(await Client.DeleteAsync(Widgets.Kind, Widgets.Key("none"), null, None));
    }

    [TestApiServerFact("show which requests came")]
    public async Task A_manifest_of_the_wrong_type_is_refused_at_once_and_not_sent_again()
    {
        var manifest = Widgets.Manifest("one");
        manifest["spec"]!["size"] = "three";
        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => Client.ApplyAsync(Widgets.Kind, manifest, None));

        Assert.Equal((HttpStatusCode.InternalServerError, null, true), (refusal.Status, refusal.Reason, refusal.IsRefusal));
        Assert.Equal(1, RequestsOf("PATCH"));
    }

    [Fact]
    public async Task A_refusal_names_its_causes()
    {
        var refusal = await Assert.ThrowsAsync<KubernetesException>(
            () => ApplyAsync("one", size: 10, spec: new JsonObject { ["colour"] = "green", ["name"] = "Abcdef" }));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "Invalid", true), (refusal.Status, refusal.Reason, refusal.IsRefusal));
        Assert.Equal(["spec.colour", "spec.name", "spec.name", "spec.size"], refusal.Causes.Select(cause => cause.Field!).Order());
        Assert.Contains("FieldValueNotSupported", refusal.Causes.Select(cause => cause.Reason));
    }

    [Fact]
    public async Task A_status_is_patched_at_its_own_path_only()
    {
        await ApplyAsync("one");
        var ignored = await Client.MergePatchAsync(Widgets.Kind, Widgets.Key("one"), Widgets.Phase("ready"), None);
        var patched = await Client.MergePatchAsync(Widgets.Kind, Widgets.Key("one"), Widgets.Phase("ready"), None, "status");

        Assert.Null(ignored.Status);
        Assert.Equal(("ready", 1), (patched.Text("status", "phase"), patched.Generation));
    }

    [Fact]
    public async Task A_merge_patch_sets_and_removes()
    {
        await ApplyAsync("one", spec: new JsonObject { ["name"] = "abc" });
        var patched = await Client.MergePatchAsync(Widgets.Kind, Widgets.Key("one"), new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["cnpg.io/hibernation"] = "on" } },
            ["spec"] = new JsonObject { ["name"] = null },
        }, None);

        Assert.Equal(("on", null), (patched.Annotation("cnpg.io/hibernation"), patched.Text("spec", "name")));
    }

    [Fact]
    public async Task Only_the_life_of_a_name_that_was_meant_is_deleted()
    {
        var first = await ApplyAsync("one");
        Assert.True(await Client.DeleteAsync(Widgets.Kind, first.Key, new DeleteOptions { Uid = first.Uid, Propagation = DeletePropagation.Background }, None));
        var second = await ApplyAsync("one");

        var byUid = await Assert.ThrowsAsync<KubernetesException>(() => Client.DeleteAsync(Widgets.Kind, first.Key, new DeleteOptions { Uid = first.Uid }, None));
        var byVersion = await Assert.ThrowsAsync<KubernetesException>(
            () => Client.DeleteAsync(Widgets.Kind, first.Key, new DeleteOptions { ResourceVersion = first.ResourceVersion }, None));
        Assert.True(byUid.IsConflict && byVersion.IsConflict);
        Assert.Equal(second.Uid, (await Client.GetAsync(Widgets.Kind, first.Key, None))!.Uid);
    }

    [Fact]
    public async Task An_object_with_finalizers_stays_until_they_go()
    {
        await ApplyAsync("one");
        await Client.MergePatchAsync(Widgets.Kind, Widgets.Key("one"), Finalizers(new JsonArray("daap.io/hold")), None);
        Assert.True(await Client.DeleteAsync(Widgets.Kind, Widgets.Key("one"), null, None));

        Assert.NotNull((await Client.GetAsync(Widgets.Kind, Widgets.Key("one"), None))!.DeletionRequestedAt);
        await Client.MergePatchAsync(Widgets.Kind, Widgets.Key("one"), Finalizers(null), None);
        Assert.Null(await Client.GetAsync(Widgets.Kind, Widgets.Key("one"), None));
    }

    [Fact]
    public async Task A_list_shows_one_moment_in_pages()
    {
        foreach (var name in (string[])["a", "b", "c", "d", "e"]) await ApplyAsync(name);
        var pages = new List<ObjectPage>();
        await foreach (var page in Client.ListAsync(Widgets.Kind, ObjectSelection.All, 2, None))
        {
            pages.Add(page);
            if (pages.Count == 1) await Client.DeleteAsync(Widgets.Kind, Widgets.Key("d"), null, None);
        }

        Assert.Equal(["a b", "c d", "e"], pages.Select(page => string.Join(' ', page.Items.Select(item => item.Name))));
        Assert.Single(pages.Select(page => page.ResourceVersion).Distinct());
    }

    [TestApiServerFact("forget what was on demand")]
    public async Task A_list_whose_beginning_is_forgotten_says_so()
    {
        foreach (var name in (string[])["a", "b", "c"]) await ApplyAsync(name);
        var failure = await Assert.ThrowsAsync<KubernetesException>(async () =>
        {
            await foreach (var page in Client.ListAsync(Widgets.Kind, ObjectSelection.All, 2, None))
            {
                await ApplyAsync("d");
                Server.Store.Compact();
            }
        });

        Assert.True(failure.IsExpired);
    }

    [Fact]
    public async Task A_list_may_be_of_a_namespace_and_of_labels()
    {
        await ApplyAsync("a", labels: new JsonObject { ["team"] = "x" });
        await ApplyAsync("b", labels: new JsonObject { ["team"] = "y" });

        Assert.Equal("b", await NamesAsync(new ObjectSelection(Widgets.Namespace, "team=y")));
        Assert.Equal("a b", await NamesAsync(new ObjectSelection(Labels: "team in (x, y)")));
        Assert.Equal("", await NamesAsync(new ObjectSelection("elsewhere")));
    }

    [TestApiServerFact("end a namespace without its controller")]
    public async Task Nothing_new_comes_into_a_namespace_that_is_being_deleted()
    {
        await ApplyAsync("one");
        await Client.DeleteAsync(ResourceKind.Namespace, new ObjectKey(null, Widgets.Namespace), null, None);
        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => ApplyAsync("two"));

        Assert.True(refusal.IsNamespaceTerminating);
        await ApplyAsync("one", size: 2);
        Assert.True(Server.FinishNamespace(Widgets.Namespace));
        Assert.Null(await Client.GetAsync(ResourceKind.Namespace, new ObjectKey(null, Widgets.Namespace), None));
    }

    [TestApiServerFact("say that it is the one of the recordings")]
    public async Task The_server_says_what_it_is() =>
        Assert.Equal(new KubernetesVersion(1, 26, "v1.26.5"), await Client.GetVersionAsync(None));

    [Fact]
    public async Task A_refused_secret_is_nowhere_in_the_error()
    {
        var secret = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = "s", ["namespace"] = Widgets.Namespace },
            ["stringData"] = new JsonObject { ["password"] = 4711_0815 },
        };
        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => Client.ApplyAsync(ResourceKind.Secret, secret, None));

        Assert.True(refusal.IsRefusal);
        Assert.DoesNotContain("47110815", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("47110815", string.Join('\n', Logs.Messages), StringComparison.Ordinal);
    }

    private async Task<string> NamesAsync(ObjectSelection selection)
    {
        var names = new List<string>();
        await foreach (var page in Client.ListAsync(Widgets.Kind, selection, 10, None)) names.AddRange(page.Items.Select(item => item.Name));
        return string.Join(' ', names);
    }

    private static JsonArray Parts(params string[] names) => new([.. names.Select(JsonNode (name) => new JsonObject { ["name"] = name, ["count"] = 1 })]);

    private static JsonObject Finalizers(JsonArray? finalizers) => new() { ["metadata"] = new JsonObject { ["finalizers"] = finalizers } };
}
