using System.Text.Json.Nodes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary>The credentials of a database, with the names that the operator gives its own; it takes the password from here, then and later.</summary>
internal static class OwnerSecretManifest
{
    private const int Port = 5432;

    /// <param name="password">Letters and digits, so that it needs no escaping.</param>
    /// <param name="ca">
    /// The certificate alone of <see cref="ObjectNames.CertificateAuthority"/>, which no tenant may read; null before the operator made it.
    /// </param>
    public static JsonObject Of(ClusterSpec spec, string ns, string password, string? ca)
    {
        var labels = ObjectLabels.Of(spec);
        // The operator looks at the secret when it changes, and gives the role its new password.
        labels["cnpg.io/reload"] = "true";
        var manifest = ManifestParts.Of(ManifestParts.Core, "Secret", ns, ObjectNames.Credentials(spec.Id), labels);
        manifest["type"] = "kubernetes.io/basic-auth";
        manifest["data"] = Data(Host(spec, ns), password, ca);
        return manifest;
    }

    /// <summary>What clients in the Kubernetes cluster connect to.</summary>
    public static string Host(ClusterSpec spec, string ns) => $"{ObjectNames.Primary(spec.Id)}.{ns}.svc";

    private static JsonObject Data(string host, string password, string? ca)
    {
        const string user = ClusterEndpoint.User, database = ClusterEndpoint.Database;
        var data = new JsonObject
        {
            ["username"] = Text(user),
            ["password"] = Text(password),
            ["dbname"] = Text(database),
            ["host"] = Text(host),
            ["port"] = Text($"{Port}"),
            ["uri"] = Text($"postgresql://{user}:{password}@{host}:{Port}/{database}?sslmode=verify-full"),
            ["pgpass"] = Text($"{host}:{Port}:{database}:{user}:{password}\n"),
        };
        if (ca is not null) data["ca.crt"] = Text(ca);
        return data;
    }

    private static JsonNode Text(string text) => ObjectStoreManifest.Base64(text);
}
