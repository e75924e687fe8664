using System.Runtime.CompilerServices;
using OrleansDaap.IntegrationTests.Contract;
using OrleansDaap.Testing.Kubernetes;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.Manifests;

/// <summary>
/// What Kubernetes would take: the reviewed manifests and those in deploy/ against CloudNativePG's definitions and Kubernetes' types. A field
/// that neither knows is a mistake.
/// </summary>
[RequiresNode, RequiresCnpgDefinitions]
public sealed class ManifestSchemaTests : IDisposable
{
    internal static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../.."));
    internal static readonly string Checker = Path.Combine(Root, "tests/OrleansDaap.ManifestSchemas");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("daap-");

    public void Dispose() => _folder.Delete(recursive: true);

    [DependentFact]
    public async Task Every_reviewed_manifest_and_every_manifest_to_deploy_is_valid()
    {
        var reviewed = Directory.GetFiles(Path.Combine(Root, "tests/OrleansDaap.UnitTests/CloudNativePg/Manifests/Approved"), "*.yaml");
        var deployed = Directory.GetFiles(Path.Combine(Root, "deploy"), "*.yaml", SearchOption.AllDirectories);
        Assert.NotEmpty(reviewed);
        Assert.NotEmpty(deployed);

        var (exitCode, output) = await CheckAsync([.. reviewed, .. deployed]);

        Assert.True(exitCode == 0, output);
    }

    [DependentFact]
    public async Task Each_planted_mistake_is_seen()
    {
        var file = Path.Combine(_folder.FullName, "planted.yaml");
        await File.WriteAllTextAsync(file, """
            {apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: a}, spec: {instances: 1, nosuch: 1}}
            ---
            {apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: b}, spec: {instances: 1, postgresql: {parameters: {max_connections: 100}}}}
            ---
            {apiVersion: barmancloud.cnpg.io/v1, kind: ObjectStore, metadata: {name: c}, spec: {retentionPolicy: 30d}}
            ---
            {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: d}, spec: {podSelector: {}, ingres: []}}
            ---
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: e}, spec: {replicas: "2", selector: {}, template: {}}}
            ---
            {apiVersion: v1, kind: Nosuch, metadata: {name: f}}
            ---
            {apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, patches: [{target: {kind: Cluster, name: g}, patch: "[]"}]}
            """);

        var (exitCode, output) = await CheckAsync([file]);

        Assert.Equal(1, exitCode);
        Assert.All(
            new[] { "Cluster a: /spec", "Cluster b: /spec/postgresql/parameters/max_connections", "ObjectStore c: /spec", "NetworkPolicy d: ", "Deployment e: ", "Nosuch f: ", "patches Cluster g" },
            planted => Assert.Contains(planted, output, StringComparison.Ordinal));
    }

    private static async Task<(int ExitCode, string Output)> CheckAsync(string[] files)
    {
        var package = await NodePackage.InstallAsync(Checker);
        return await package.ScriptAsync("check.mjs", [RequiresCnpgDefinitionsAttribute.FoundDirectory, .. files]);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
