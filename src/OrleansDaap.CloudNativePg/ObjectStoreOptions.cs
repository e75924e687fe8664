using System.Net;
using Microsoft.Extensions.Configuration;

namespace OrleansDaap.CloudNativePg;

/// <summary><c>Daap:CloudNativePg:ObjectStore</c>: the bucket that has the backups. Without one no database can have any.</summary>
internal sealed class ObjectStoreOptions
{
    private const string Key = $"{CloudNativePgOptions.Key}:ObjectStore";

    public string? Bucket { get; set; }

    /// <summary>What the names in the bucket begin with, such as <c>/daap</c>; empty: the whole bucket is ours.</summary>
    public string Path { get; set; } = "";

    /// <summary>An https URL; null: Amazon's.</summary>
    public string? Endpoint { get; set; }

    public string Region { get; set; } = "us-east-1";

    /// <summary>Null: the databases' nodes or service accounts have a role that lets them in.</summary>
    public string? KeyId { get; set; }

    public string? KeySecret { get; set; }

    /// <summary>A file that holds the secret instead.</summary>
    public string? KeySecretFile { get; set; }

    /// <summary>A file with the authorities that the endpoint's certificate may come from; null: the system's.</summary>
    public string? CaFile { get; set; }

    /// <summary>Where it answers, for stores outside the Kubernetes cluster.</summary>
    public IReadOnlyList<string> Cidrs { get; set; } = [];

    /// <summary>Where it runs, for stores inside.</summary>
    public string? Namespace { get; set; }

    /// <summary>The port that its pods or machines listen on.</summary>
    public string? Port { get; set; }

    /// <summary>For the service accounts of databases, such as the role of an EKS cluster.</summary>
    public IReadOnlyDictionary<string, string> ServiceAccountAnnotations { get; set; } = new Dictionary<string, string>();

    public bool IsConfigured => Bucket is not null;

    /// <summary>Whether databases get in by a role and not by a key.</summary>
    public bool UsesRole => KeyId is null;

    /// <summary>The port that databases are let out to.</summary>
    public int ListensOn => Port is not null && int.TryParse(Port, out var port) ? port : Endpoint is not null ? new Uri(Endpoint).Port : 443;

    public void Read(IConfigurationSection section)
    {
        Bucket = section["Bucket"];
        Path = section["Path"]?.TrimEnd('/') ?? Path;
        Endpoint = section["Endpoint"];
        Region = section["Region"] ?? Region;
        KeyId = section["KeyId"];
        KeySecret = section["KeySecret"];
        KeySecretFile = section["KeySecretFile"];
        CaFile = section["CaFile"];
        Cidrs = [.. section.GetSection("Cidrs").GetChildren().Select(child => child.Value ?? "")];
        Namespace = section["Namespace"];
        Port = section["Port"];
        ServiceAccountAnnotations = section.GetSection("ServiceAccountAnnotations").GetChildren().ToDictionary(child => child.Key, child => child.Value ?? "");
    }

    /// <summary>Read each time it is used, so that a changed file is obeyed.</summary>
    public string Secret() => KeySecret ?? File.ReadAllText(KeySecretFile!).Trim();

    public IEnumerable<string> Mistakes() => IsConfigured ? Place().Concat(Access()) : [];

    private IEnumerable<string> Place()
    {
        if (string.IsNullOrWhiteSpace(Bucket) || Bucket.AsSpan().ContainsAny("/ \r\n"))
            yield return $"{Key}:Bucket: \"{Bucket}\" is no name of a bucket.";
        if (Path.Length > 0 && (Path[0] != '/' || Path.AsSpan().ContainsAny(" \r\n")))
            yield return $"{Key}:Path: \"{Path}\" does not begin with a slash, or holds a space.";
        if (Endpoint is not null && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps))
            yield return $"{Key}:Endpoint: \"{Endpoint}\" is no https URL.";
        if (string.IsNullOrWhiteSpace(Region))
            yield return $"{Key}:Region: must be given.";
        if (Port is not null && !(int.TryParse(Port, out var port) && port is > 0 and < 65536))
            yield return $"{Key}:Port: \"{Port}\" is no port.";
        if (Cidrs.Count == 0 == Namespace is null)
            yield return $"{Key}:Cidrs:0: either it or Namespace must say where the store is: databases are let out to nothing else.";
        for (var i = 0; i < Cidrs.Count; i++)
        {
            if (!IPNetwork.TryParse(Cidrs[i], out _)) yield return $"{Key}:Cidrs:{i}: \"{Cidrs[i]}\" is no range of addresses such as 10.0.0.0/8.";
        }
    }

    private IEnumerable<string> Access()
    {
        if (UsesRole && (KeySecret ?? KeySecretFile) is not null) yield return $"{Key}:KeyId: must be given with its secret.";
        if (!UsesRole && KeySecret is null == KeySecretFile is null) yield return $"{Key}:KeySecret: either it or KeySecretFile must be given with KeyId.";
        if (KeySecretFile is not null && !File.Exists(KeySecretFile)) yield return $"{Key}:KeySecretFile: there is no file {KeySecretFile}.";
        if (CaFile is not null && !File.Exists(CaFile)) yield return $"{Key}:CaFile: there is no file {CaFile}.";
    }
}
