using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OrleansDaap.CloudNativePg.Manifests;

namespace OrleansDaap.CloudNativePg;

/// <summary><c>Daap:CloudNativePg</c>.</summary>
internal sealed class CloudNativePgOptions
{
    public const string Key = "Daap:CloudNativePg";
    public const string Required = "required";
    public const string Preferred = "preferred";

    /// <summary>How the API server is reached; null: as a pod, or as kubectl would.</summary>
    public string? Kubeconfig { get; set; }

    /// <summary>Of the kubeconfig; null: its current one.</summary>
    public string? Context { get; set; }

    /// <summary>For so long the operator may show no progress before a database is told as failed, with what it waits for.</summary>
    public string ProgressDeadline { get; set; } = "00:08:00";

    public TimeSpan GivesUpAfter => TimeSpan.Parse(ProgressDeadline, CultureInfo.InvariantCulture);

    /// <summary>The namespace of a team's databases. Whatever else runs in it is cut off from the network.</summary>
    public string NamespacePattern { get; set; } = TeamNamespace.DefaultPattern;

    /// <summary>The server's own namespace, from which it reaches the databases.</summary>
    public string PlatformNamespace { get; set; } = "orleansdaap";

    /// <summary>The server's own account there; it is let at the secrets of the namespaces that it makes, and of no others.</summary>
    public string ServiceAccount { get; set; } = "orleansdaap";

    /// <summary>CloudNativePG's.</summary>
    public string OperatorNamespace { get; set; } = "cnpg-system";

    /// <summary>From which metrics are read; null: from nowhere.</summary>
    public string? MonitoringNamespace { get; set; }

    /// <summary>Where the Kubernetes API servers answer. A database that cannot reach them shuts itself down.</summary>
    public IReadOnlyList<string> ApiServerCidrs { get; set; } = [];

    /// <summary>For tiers that name none; null: the Kubernetes cluster's default.</summary>
    public string? StorageClass { get; set; }

    /// <summary><see cref="Required"/>: two instances of a database never share a node. <see cref="Preferred"/>: they may if they must.</summary>
    public string SpreadOverNodes { get; set; } = Required;

    /// <summary>No change waits longer to be archived: what a lost machine may cost.</summary>
    public string ArchiveTimeout { get; set; } = "00:01:00";

    public TimeSpan ArchiveEvery => TimeSpan.Parse(ArchiveTimeout, CultureInfo.InvariantCulture);

    public PostgresImages Images { get; set; } = PostgresImages.Default;

    public ObjectStoreOptions ObjectStore { get; } = new();

    public void Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Key);
        Kubeconfig = section["Kubeconfig"];
        Context = section["Context"];
        ProgressDeadline = section["ProgressDeadline"] ?? ProgressDeadline;
        NamespacePattern = section["NamespacePattern"] ?? NamespacePattern;
        PlatformNamespace = section["PlatformNamespace"] ?? PlatformNamespace;
        ServiceAccount = section["ServiceAccount"] ?? ServiceAccount;
        OperatorNamespace = section["OperatorNamespace"] ?? OperatorNamespace;
        MonitoringNamespace = section["MonitoringNamespace"];
        ApiServerCidrs = [.. section.GetSection("ApiServerCidrs").GetChildren().Select(child => child.Value ?? "")];
        StorageClass = section["StorageClass"];
        SpreadOverNodes = section["SpreadOverNodes"] ?? SpreadOverNodes;
        ArchiveTimeout = section["ArchiveTimeout"] ?? ArchiveTimeout;
        Images = Images.With(section.GetSection("Images").GetChildren().Select(child => (child.Key, child.Value ?? "")));
        ObjectStore.Read(section.GetSection("ObjectStore"));
    }
}

internal sealed class CloudNativePgOptionsValidator : IValidateOptions<CloudNativePgOptions>
{
    private const string Key = CloudNativePgOptions.Key;
    private const int LongestArchiveTimeout = 3600;

    public ValidateOptionsResult Validate(string? name, CloudNativePgOptions options)
    {
        var mistakes = Namespaces(options).Concat(Settings(options)).Concat(options.Images.Mistakes($"{Key}:Images")).Concat(options.ObjectStore.Mistakes()).ToList();
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Namespaces(CloudNativePgOptions options)
    {
        if (TeamNamespace.MistakeIn(options.NamespacePattern) is { } mistake)
        {
            yield return $"{Key}:NamespacePattern: \"{options.NamespacePattern}\" {mistake}.";
            yield break;
        }

        foreach (var (key, value) in new[] { ("PlatformNamespace", options.PlatformNamespace), ("OperatorNamespace", options.OperatorNamespace), ("MonitoringNamespace", options.MonitoringNamespace) })
        {
            if (value is null) continue;
            if (!TeamNamespace.IsName(value))
                yield return $"{Key}:{key}: \"{value}\" is no name of a namespace.";
            else if (TeamNamespace.CouldBe(options.NamespacePattern, value))
                yield return $"{Key}:NamespacePattern: \"{options.NamespacePattern}\" would give some team the namespace {value}, which is {key}.";
        }

        if (!TeamNamespace.IsName(options.ServiceAccount))
            yield return $"{Key}:ServiceAccount: \"{options.ServiceAccount}\" is no name of a service account.";
    }

    private static IEnumerable<string> Settings(CloudNativePgOptions options)
    {
        if (options.ApiServerCidrs.Count == 0)
            yield return $"{Key}:ApiServerCidrs:0: must say where the API servers answer, such as 10.0.0.1/32: databases are let out to nothing else.";
        for (var i = 0; i < options.ApiServerCidrs.Count; i++)
        {
            if (!IPNetwork.TryParse(options.ApiServerCidrs[i], out _))
                yield return $"{Key}:ApiServerCidrs:{i}: \"{options.ApiServerCidrs[i]}\" is no range of addresses such as 10.0.0.1/32.";
        }

        if (options.SpreadOverNodes is not (CloudNativePgOptions.Required or CloudNativePgOptions.Preferred))
            yield return $"{Key}:SpreadOverNodes: \"{options.SpreadOverNodes}\" is neither required nor preferred.";
        if (!TimeSpan.TryParse(options.ArchiveTimeout, CultureInfo.InvariantCulture, out var every) || every.TotalSeconds is < 1 or > LongestArchiveTimeout)
            yield return $"{Key}:ArchiveTimeout: \"{options.ArchiveTimeout}\" is not a time from 00:00:01 to 01:00:00.";
        if (!TimeSpan.TryParse(options.ProgressDeadline, CultureInfo.InvariantCulture, out var deadline) || deadline < TimeSpan.FromSeconds(1) || deadline > TimeSpan.FromDays(1))
            yield return $"{Key}:ProgressDeadline: \"{options.ProgressDeadline}\" is not a time from 00:00:01 to 1.00:00:00.";
        if (options.Kubeconfig is { Length: > 0 } kubeconfig && !File.Exists(kubeconfig))
            yield return $"{Key}:Kubeconfig: there is no file {kubeconfig}.";
    }
}
