using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Manifests;
using Xunit;

namespace OrleansDaap.UnitTests.CloudNativePg.Manifests;

/// <summary>What every database gets, whatever its tier says.</summary>
public sealed class SecurityDefaultsTests
{
    private const string Password = "NotARealPassword";

    public static TheoryData<string> Databases => [.. ManifestSamples.Specs.Keys];

    [Theory, MemberData(nameof(Databases))]
    public void A_cluster_takes_connections_over_TLS_only(string name)
    {
        var postgres = Cluster(name)["spec"]!["postgresql"]!;
        var rules = postgres["pg_hba"]!.AsArray().Select(rule => rule!.GetValue<string>()).ToArray();

        Assert.All(rules, rule => Assert.True(rule.StartsWith("hostssl ", StringComparison.Ordinal) || rule.EndsWith(" reject", StringComparison.Ordinal), rule));
        // The operator's own last rule takes whatever ours leave.
        Assert.Contains(rules[^1], new[] { "hostnossl all all all reject", "host all all all reject" });
        Assert.Equal("TLSv1.3", postgres["parameters"]!["ssl_min_protocol_version"]!.GetValue<string>());
    }

    [Theory, MemberData(nameof(Databases))]
    public void A_pooler_takes_connections_over_TLS_only_and_makes_no_others(string name)
    {
        foreach (var pooler in OfKind(name, "Pooler"))
        {
            var parameters = pooler["spec"]!["pgbouncer"]!["parameters"]!;
            Assert.Equal("require", parameters["client_tls_sslmode"]!.GetValue<string>());
            Assert.Equal("verify-full", parameters["server_tls_sslmode"]!.GetValue<string>());
            Assert.Contains($"{pooler["metadata"]!["name"]}.{ManifestSamples.Namespace}.svc", Strings(Cluster(name)["spec"]!["certificates"]!["serverAltDNSNames"]!));
        }
    }

    [Theory, MemberData(nameof(Databases))]
    public void Every_database_is_audited(string name)
    {
        Assert.Equal("ddl, role, write", Cluster(name)["spec"]!["postgresql"]!["parameters"]!["pgaudit.log"]!.GetValue<string>());
        Assert.All(OfKind(name, "ImageCatalog"), catalog => Assert.Contains("-standard-", catalog["spec"]!["images"]![0]!["image"]!.GetValue<string>(), StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Databases))]
    public void Nobody_is_a_superuser(string name) => Assert.False(Cluster(name)["spec"]!["enableSuperuserAccess"]!.GetValue<bool>());

    [Fact]
    public void A_namespace_denies_everything_in_both_directions()
    {
        var policy = NamespaceManifests.Of(ManifestSamples.Namespace, ManifestSamples.Options).Single(manifest => Is(manifest, "NetworkPolicy"));

        Assert.Empty(policy["spec"]!["podSelector"]!.AsObject());
        Assert.Equal(["Ingress", "Egress"], Strings(policy["spec"]!["policyTypes"]!));
        Assert.Null(policy["spec"]!["ingress"]);
        Assert.Null(policy["spec"]!["egress"]);
    }

    [Theory, MemberData(nameof(Databases))]
    public void Every_rule_of_the_network_names_both_who_and_which_port(string name)
    {
        var rules = OfKind(name, "NetworkPolicy").SelectMany(policy => new[] { ("from", policy["spec"]!["ingress"]!), ("to", policy["spec"]!["egress"]!) })
            .SelectMany(side => side.Item2.AsArray().Select(rule => (Peers: rule![side.Item1], Ports: rule["ports"]))).ToArray();

        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.True(rule.Peers is JsonArray { Count: > 0 } && rule.Ports is JsonArray { Count: > 0 }));
        // A selector without labels would be everybody's.
        Assert.All(rules.SelectMany(rule => rule.Peers!.AsArray()), peer => Assert.DoesNotContain("{}", peer!.ToJsonString(), StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Databases))]
    public void Only_the_owners_namespaces_reach_a_database_beside_what_runs_it(string name)
    {
        var spec = ManifestSamples.Specs[name];
        string[] own = ["cnpg-system", "orleansdaap", "monitoring"];

        var selected = OfKind(name, "NetworkPolicy").SelectMany(policy => policy["spec"]!["ingress"]!.AsArray()).SelectMany(rule => rule!["from"]!.AsArray())
            .Select(peer => peer!["namespaceSelector"]?["matchLabels"]!.AsObject()).OfType<JsonObject>().ToArray();

        Assert.All(selected, labels => Assert.Contains(labels.Single().Value!.GetValue<string>(), own.Append(spec.OwnerTeam)));
        Assert.Equal(!spec.Closed, selected.Any(labels => labels.ContainsKey(ObjectLabels.Team)));
    }

    [Fact]
    public void A_new_owner_takes_the_old_ones_place_and_the_cluster_stays_as_it_is()
    {
        var before = DatabaseManifests.Of(ManifestSamples.Pooled, ManifestSamples.Namespace, schedule: null, ManifestSamples.Options).ToArray();
        var after = DatabaseManifests.Of(ManifestSamples.Pooled with { OwnerTeam = "payments" }, ManifestSamples.Namespace, schedule: null, ManifestSamples.Options).ToArray();

        Assert.All(after, manifest => Assert.DoesNotContain("\"checkout\"", manifest.ToJsonString(), StringComparison.Ordinal));
        var (old, now) = (before.Single(manifest => Is(manifest, "Cluster"))["spec"]!.AsObject(), after.Single(manifest => Is(manifest, "Cluster"))["spec"]!.AsObject());
        Assert.Equal(["inheritedMetadata"], old.Select(member => member.Key).Where(key => !JsonNode.DeepEquals(old[key], now[key])));
    }

    [Theory, MemberData(nameof(Databases))]
    public void Secrets_are_in_secrets_and_everything_else_refers_to_them_by_name(string name)
    {
        var others = ManifestSamples.All(ManifestSamples.Specs[name]).Where(manifest => !Is(manifest, "Secret")).ToArray();

        foreach (var secret in new[] { Password, "not-a-real-secret", "AKIAEXAMPLE" })
        {
            Assert.All(others, manifest => Assert.DoesNotContain(secret, manifest.ToJsonString(), StringComparison.Ordinal));
            Assert.All(others, manifest => Assert.DoesNotContain(ObjectStoreManifest.Base64(secret), manifest.ToJsonString(), StringComparison.Ordinal));
        }

        var bootstrap = Cluster(name)["spec"]!["bootstrap"]!.AsObject().Single().Value!;
        Assert.Equal(ObjectNames.Credentials(ManifestSamples.Specs[name].Id), bootstrap["secret"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public void A_closed_database_lets_no_client_in_and_ends_those_that_were()
    {
        var closed = ManifestSamples.Specs["closed"];
        var cluster = Cluster("closed");

        // Which takes the CA's key; no client has it.
        Assert.Equal(["hostssl all app all cert", "host all all all reject"], Strings(cluster["spec"]!["postgresql"]!["pg_hba"]!));
        Assert.Equal($"closed-{closed.Generation}", cluster["metadata"]!["annotations"]![ClusterManifest.RestartAnnotation]!.GetValue<string>());
        Assert.Equal(0, OfKind("closed", "Pooler").Single()["spec"]!["instances"]!.GetValue<int>());
        Assert.Null(Cluster("backed-up")["metadata"]!["annotations"]![ClusterManifest.RestartAnnotation]);
    }

    private static JsonObject Cluster(string name) => OfKind(name, "Cluster").Single();

    private static IEnumerable<JsonObject> OfKind(string name, string kind) => ManifestSamples.All(ManifestSamples.Specs[name]).Where(manifest => Is(manifest, kind));

    private static bool Is(JsonObject manifest, string kind) => manifest["kind"]!.GetValue<string>() == kind;

    private static IEnumerable<string> Strings(JsonNode array) => array.AsArray().Select(item => item!.GetValue<string>());
}
