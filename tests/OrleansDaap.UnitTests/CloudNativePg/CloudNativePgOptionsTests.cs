using Microsoft.Extensions.Configuration;
using OrleansDaap.CloudNativePg;
using Xunit;

namespace OrleansDaap.UnitTests.CloudNativePg;

public sealed class CloudNativePgOptionsTests
{
    private static readonly Dictionary<string, string?> Sound = new()
    {
        ["ApiServerCidrs:0"] = "10.0.0.1/32",
        ["ObjectStore:Bucket"] = "backups",
        ["ObjectStore:Cidrs:0"] = "192.0.2.0/24",
    };

    [Fact]
    public void With_the_API_servers_and_a_bucket_it_is_complete()
    {
        Assert.Empty(Mistakes([]));
        Assert.Equal([14, 15, 16, 17, 18], Read([]).Images.Majors);
    }

    [Theory]
    [InlineData("ApiServerCidrs:0", null, "ApiServerCidrs:0: must say where")]
    [InlineData("ApiServerCidrs:0", "here", "ApiServerCidrs:0: \"here\" is no range")]
    [InlineData("NamespacePattern", "{team}", "NamespacePattern: \"{team}\" would take the teams' own")]
    [InlineData("NamespacePattern", "cnpg-{team}", "would give some team the namespace cnpg-system, which is OperatorNamespace")]
    [InlineData("PlatformNamespace", "Not One", "PlatformNamespace: \"Not One\" is no name")]
    [InlineData("MonitoringNamespace", "daap-monitoring", "daap-monitoring, which is MonitoringNamespace")]
    [InlineData("ServiceAccount", "", "ServiceAccount: \"\" is no name")]
    [InlineData("SpreadOverNodes", "perhaps", "SpreadOverNodes: \"perhaps\" is neither")]
    [InlineData("ArchiveTimeout", "02:00:00", "ArchiveTimeout: \"02:00:00\" is not a time")]
    [InlineData("Images:13", "x/y:13.1-standard", "Images:13: is no major version")]
    [InlineData("Images:17", "x/y:latest", "Images:17: \"x/y:latest\" must have a tag that begins with 17.")]
    [InlineData("Images:17", "localhost:5000/y@sha256:00", "must have a tag that begins with 17.")]
    [InlineData("Images:17", "x/y:17.1-minimal-trixie", "is not of the standard flavour")]
    [InlineData("ObjectStore:Bucket", "a/b", "ObjectStore:Bucket: \"a/b\" is no name")]
    [InlineData("ObjectStore:Path", "daap", "ObjectStore:Path: \"daap\" does not begin with a slash")]
    [InlineData("ObjectStore:Endpoint", "http://s3", "ObjectStore:Endpoint: \"http://s3\" is no https URL")]
    [InlineData("ObjectStore:Namespace", "store", "either it or Namespace must say")]
    [InlineData("ObjectStore:Cidrs:0", "there", "ObjectStore:Cidrs:0: \"there\" is no range")]
    [InlineData("ObjectStore:Port", "s3", "ObjectStore:Port: \"s3\" is no port")]
    [InlineData("ObjectStore:KeyId", "k", "ObjectStore:KeySecret: either it or KeySecretFile")]
    [InlineData("ObjectStore:KeySecret", "s", "ObjectStore:KeyId: must be given with its secret")]
    [InlineData("ObjectStore:CaFile", "/nowhere", "ObjectStore:CaFile: there is no file /nowhere")]
    public void A_mistake_is_told_by_its_key(string key, string? value, string mistake) =>
        Assert.Contains(mistake, Assert.Single(Mistakes(new() { [key] = value })), StringComparison.Ordinal);

    [Fact]
    public void No_message_repeats_a_secret() =>
        Assert.DoesNotContain(Mistakes(new() { ["ObjectStore:KeySecret"] = "not-a-real-secret" }), mistake => mistake.Contains("not-a-real-secret", StringComparison.Ordinal));

    [Fact]
    public void An_image_takes_the_place_of_the_default_and_an_empty_one_takes_its_major_away()
    {
        var images = Read(new() { ["Images:14"] = "", ["Images:17"] = "registry.example.com/postgresql:17.12-standard-trixie" }).Images;

        Assert.Equal([15, 16, 17, 18], images.Majors);
        Assert.Equal("registry.example.com/postgresql:17.12-standard-trixie", images.Of(17));
        Assert.Null(images.Of(14));
    }

    [Theory]
    [InlineData(null, null, 443)]
    [InlineData("https://s3.example.com:9000", null, 9000)]
    [InlineData("https://s3.example.com", "8333", 8333)]
    public void Databases_are_let_out_to_the_stores_port(string? endpoint, string? port, int expected) =>
        Assert.Equal(expected, Read(new() { ["ObjectStore:Endpoint"] = endpoint, ["ObjectStore:Port"] = port }).ObjectStore.ListensOn);

    private static CloudNativePgOptions Read(Dictionary<string, string?> settings)
    {
        var all = Sound.Concat(settings).GroupBy(setting => setting.Key).ToDictionary(group => $"Daap:CloudNativePg:{group.Key}", group => group.Last().Value);
        var options = new CloudNativePgOptions();
        options.Read(new ConfigurationBuilder().AddInMemoryCollection(all.Where(setting => setting.Value is not null)).Build());
        return options;
    }

    private static IEnumerable<string> Mistakes(Dictionary<string, string?> settings) => new CloudNativePgOptionsValidator().Validate(null, Read(settings)).Failures ?? [];
}
