using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Manifests;
using OrleansDaap.CloudNativePg.Restores;
using OrleansDaap.Provisioning;
using Xunit;

namespace OrleansDaap.UnitTests.CloudNativePg.Manifests;

/// <summary>The manifests as text that was reviewed; with <c>UPDATE_MANIFESTS=1</c> the files are written anew.</summary>
public sealed class ApprovedManifestsTests
{
    private static readonly string Folder = Path.Combine(Path.GetDirectoryName(ThisFile())!, "Approved");

    public static TheoryData<string> Databases => [.. ManifestSamples.Specs.Keys];

    [Theory, MemberData(nameof(Databases))]
    public void A_databases_objects_are_those_that_were_reviewed(string name) => Check(name, ManifestSamples.All(ManifestSamples.Specs[name]));

    [Fact]
    public void A_namespaces_objects_are_those_that_were_reviewed() => Check("namespace", [
        .. NamespaceManifests.Of(ManifestSamples.Namespace, ManifestSamples.Options),
        ObjectStoreManifest.Secret(ManifestSamples.Namespace, ManifestSamples.Options.ObjectStore, "not-a-real-secret", "not a real certificate\n")!,
    ]);

    [Fact]
    public void A_backup_is_the_one_that_was_reviewed() =>
        Check("backup", [BackupManifests.Now(ManifestSamples.BackedUp, ManifestSamples.Namespace, new BackupRequest("bk-01m7z0wwvy8s5e5kr1egvd4qs0-1", BackupType.Full))]);

    [Fact]
    public void A_drills_objects_are_those_that_were_reviewed() => Check("drill", DrillManifests.Of(
        ManifestSamples.Restored with { Instances = 3, Closed = true, Generation = 3 }, ManifestSamples.Namespace, "drill-01m7z0wwvy8s5e5kr1egvd4qs0-1", "20261121T153158", "4711",
        StoreNotes.Of(null) with { MaxConnections = 300 }, ManifestSamples.Options));

    [Fact]
    public void A_database_that_reads_its_bucket_by_a_role_holds_no_key()
    {
        var options = ManifestSamples.Options;
        (options.ObjectStore.KeyId, options.ObjectStore.KeySecret, options.ObjectStore.Endpoint, options.ObjectStore.Path) = (null, null, null, "/daap");
        options.ObjectStore.ServiceAccountAnnotations = new Dictionary<string, string> { ["eks.amazonaws.com/role-arn"] = "arn:aws:iam::123456789012:role/backups" };
        var spec = ManifestSamples.BackedUp;

        Assert.Null(ObjectStoreManifest.Secret(ManifestSamples.Namespace, options.ObjectStore, secret: null, ca: null));
        Check("backed-up-by-role", DatabaseManifests.Of(spec, ManifestSamples.Namespace, schedule: null, options));
    }

    [Fact]
    public void Every_reviewed_file_is_of_a_test()
    {
        var files = Directory.EnumerateFiles(Folder).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal);
        Assert.Equal(ManifestSamples.Specs.Keys.Concat(["namespace", "backup", "backed-up-by-role", "drill"]).Order(StringComparer.Ordinal), files);
    }

    private static void Check(string name, IEnumerable<JsonObject> objects)
    {
        var text = ManifestText.Of(objects);
        var file = Path.Combine(Folder, $"{name}.yaml");
        if (Environment.GetEnvironmentVariable("UPDATE_MANIFESTS") == "1") File.WriteAllText(file, text);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == text, $"{name}.yaml has drifted; run this test with UPDATE_MANIFESTS=1 and review.\n{text}");
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
