using System.Text.RegularExpressions;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.Provisioning;
using OrleansDaap.UnitTests.Architecture;
using OrleansDaap.UnitTests.CloudNativePg.Manifests;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace OrleansDaap.UnitTests.Deploy;

/// <summary>What is in <c>deploy/</c>, held against the code that it is for.</summary>
public sealed partial class DeploymentTests
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "deploy");

    [Fact]
    public void The_server_may_do_to_each_kind_what_it_does_and_to_no_other_kind_anything()
    {
        var made = ManifestSamples.Specs.Values.SelectMany(ManifestSamples.All)
            .Concat(NamespaceManifests.Of(ManifestSamples.Namespace, ManifestSamples.Options))
            .Append(BackupManifests.Now(ManifestSamples.BackedUp, ManifestSamples.Namespace, new BackupRequest("bk-1", BackupType.Full)))
            .Select(manifest => Resource(manifest["apiVersion"]!.GetValue<string>(), manifest["kind"]!.GetValue<string>()))
            .ToHashSet();
        var rules = Objects("base/roles.yaml").Where(role => Text(role, "kind") == "ClusterRole").SelectMany(role => Items(role, "rules")).ToArray();
        var allowed = rules.SelectMany(rule => Texts(rule, "resources").Select(resource => (Resource: (Texts(rule, "apiGroups").Single(), resource), Verbs: Texts(rule, "verbs")))).ToArray();

        // Applying is a patch that may create.
        Assert.All(made, resource => Assert.Contains(allowed, rule => rule.Resource == resource && rule.Verbs.Contains("create") && rule.Verbs.Contains("patch")));
        // Looked at, and bound; never made.
        Assert.Equal([("", "pods"), ("rbac.authorization.k8s.io", "clusterroles")], allowed.Select(rule => rule.Resource).Except(made).Order());
        Assert.DoesNotContain(rules, rule => rule.ToString().Contains('*', StringComparison.Ordinal));
        Assert.DoesNotContain(allowed, rule => rule.Resource.resource == "secrets" && rule.Verbs.Any(verb => verb is "list" or "watch"));
    }

    [Fact]
    public void The_server_is_no_root_and_writes_to_nothing_but_its_volumes()
    {
        var pod = Member(Member(Member(Objects("base/deployment.yaml").Single(), "spec"), "template"), "spec");
        var container = Items(pod, "containers").Single();
        var rights = Member(container, "securityContext");

        Assert.Equal("true", Text(Member(pod, "securityContext"), "runAsNonRoot"));
        Assert.Equal(("true", "false"), (Text(rights, "readOnlyRootFilesystem"), Text(rights, "allowPrivilegeEscalation")));
        Assert.Equal(["ALL"], Texts(Member(rights, "capabilities"), "drop"));
        // What holds a secret is taken from one.
        Assert.All(Items(container, "env").Where(variable => SecretName().IsMatch(Text(variable, "name"))), variable => Assert.NotNull(Member(Member(variable, "valueFrom"), "secretKeyRef")));
    }

    [Fact]
    public void The_platforms_database_is_as_safe_as_its_customers_are()
    {
        var cluster = Member(Objects("base/platform-database.yaml").Single(item => Text(item, "kind") == "Cluster"), "spec");
        var postgres = Member(cluster, "postgresql");

        Assert.Equal("hostnossl all all all reject", Texts(postgres, "pg_hba")[^1]);
        Assert.Contains("pgaudit.log", ((YamlMappingNode)Member(postgres, "parameters")).Children.Keys.Select(key => $"{key}"));
        Assert.Equal("true", Text(Items(cluster, "plugins").Single(), "isWALArchiver"));
        Assert.Equal(6, Text(Member(Objects("base/platform-database.yaml").Single(item => Text(item, "kind") == "ScheduledBackup"), "spec"), "schedule").Split(' ').Length);
    }

    [Fact]
    public void Every_file_belongs_to_a_kustomization()
    {
        var listed = Directory.EnumerateFiles(Folder, "kustomization.yaml", SearchOption.AllDirectories)
            .SelectMany(file => Texts(Load(file).Single(), "resources").Select(resource => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, resource)))).ToHashSet();

        Assert.All(listed, path => Assert.True(File.Exists(path) || File.Exists(Path.Combine(path, "kustomization.yaml")), path));
        var loose = Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is not ("kustomization.yaml" or "cluster.yaml") && !listed.Contains(file));
        Assert.Empty(loose);
    }

    [Fact]
    public void Every_image_is_pinned_but_our_own()
    {
        var images = Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories).SelectMany(File.ReadAllLines)
            .Select(line => Image().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(images);
        Assert.All(images.Where(image => image != "orleansdaap"), image => Assert.Matches(@":[^:@/]*\d+\.\d+|:RELEASE\.\d", image));
    }

    [Fact]
    public void Every_setting_that_is_set_and_every_one_that_there_is_stands_in_the_README()
    {
        var readme = File.ReadAllText(Path.Combine(SourceTree.Root, "README.md"));
        var set = Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories).SelectMany(file => Setting().Matches(File.ReadAllText(file))).Select(match => match.Value);
        var read = SourceTree.Files("src/OrleansDaap.CloudNativePg").Where(file => file.Path.EndsWith("Options.cs", StringComparison.Ordinal))
            .SelectMany(file => file.Lines).SelectMany(line => Read().Matches(line)).Select(match => match.Groups[1].Value);

        Assert.All(set.Select(name => Regex.Replace(name, "__0$", "").Split("__")[^1]).Concat(read).Distinct(), name => Assert.Contains(name, readme, StringComparison.Ordinal));
    }

    private static (string Group, string Resource) Resource(string apiVersion, string kind) =>
        (apiVersion.Contains('/', StringComparison.Ordinal) ? apiVersion.Split('/')[0] : "", kind == "NetworkPolicy" ? "networkpolicies" : $"{kind.ToLowerInvariant()}s");

    private static List<YamlNode> Objects(string file) => Load(Path.Combine(Folder, file));

    private static List<YamlNode> Load(string file)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(file);
        yaml.Load(reader);
        return [.. yaml.Documents.Select(document => document.RootNode)];
    }

    private static YamlNode Member(YamlNode node, string name) => node[name];

    private static string Text(YamlNode node, string name) => $"{node[name]}";

    private static IEnumerable<YamlNode> Items(YamlNode node, string name) => (YamlSequenceNode)node[name];

    private static string[] Texts(YamlNode node, string name) => [.. Items(node, name).Select(item => $"{item}")];

    [GeneratedRegex(@"^\s*(?:- )?image(?:Name)?: (\S+)")]
    private static partial Regex Image();

    [GeneratedRegex(@"\b(?:Daap|ConnectionStrings)__\w+")]
    private static partial Regex Setting();

    [GeneratedRegex(@"(?:section|configuration)(?:\[|\.GetSection\()""(\w+)""")]
    private static partial Regex Read();

    [GeneratedRegex("(?i)password$|secret$|key$|KeyId$")]
    private static partial Regex SecretName();
}
