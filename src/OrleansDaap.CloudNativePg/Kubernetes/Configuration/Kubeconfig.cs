using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes.Credentials;

namespace OrleansDaap.CloudNativePg.Kubernetes.Configuration;

/// <summary>The file that kubectl reads. Paths in it are relative to its own folder.</summary>
internal sealed class Kubeconfig
{
    private readonly JsonObject _document;
    private readonly string _path;

    private Kubeconfig(JsonObject document, string path) => (_document, _path) = (document, path);

    /// <param name="path">The file.</param>
    /// <param name="context">Null: its current one.</param>
    /// <param name="time">For what expires.</param>
    /// <exception cref="KubeconfigException">It cannot be used; says where and why, never what is secret in it.</exception>
    public static ClusterAccess Load(string path, string? context, TimeProvider time)
    {
        try
        {
            return YamlText.Parse(File.ReadAllText(path)) is JsonObject document
                ? new Kubeconfig(document, Path.GetFullPath(path)).Access(context, time)
                : throw new FormatException("It is empty.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException or CryptographicException or InvalidOperationException)
        {
            throw new KubeconfigException($"{path}: {failure.Message}");
        }
    }

    private ClusterAccess Access(string? wanted, TimeProvider time)
    {
        var name = wanted ?? Text(_document, "current-context") ?? throw new FormatException("It has no current-context, and none was named.");
        var context = Entry("contexts", "context", name);
        var cluster = Entry("clusters", "cluster", Text(context, "cluster") ?? throw new FormatException($"The context {name} names no cluster."));
        var server = Text(cluster, "server") ?? throw new FormatException($"The cluster of the context {name} has no server.");
        if (!Uri.TryCreate(server, UriKind.Absolute, out var uri)) throw new FormatException($"The server of the context {name} is no URL.");
        if (Text(cluster, "proxy-url") is not null) throw new FormatException("A proxy-url is not supported.");

        var access = new ClusterAccess
        {
            Server = uri,
            Authorities = Authorities(cluster),
            TlsServerName = Text(cluster, "tls-server-name"),
            InsecureSkipTlsVerify = Flag(cluster, "insecure-skip-tls-verify"),
            Namespace = Text(context, "namespace") ?? "default",
            Credentials = new FixedCredentials(Credential.None),
        };
        return access with { Credentials = CredentialsOf(Text(context, "user"), cluster, access, time) };
    }

    private ICredentialSource CredentialsOf(string? name, JsonObject cluster, ClusterAccess access, TimeProvider time)
    {
        if (name is null) return access.Credentials;
        var user = Entry("users", "user", name);
        if (user.ContainsKey("auth-provider")) throw new FormatException($"The user {name} has an auth-provider, which Kubernetes no longer has: use exec.");
        if (user.ContainsKey("username")) throw new FormatException($"The user {name} has a password, which Kubernetes no longer takes.");
        if (user["exec"] is JsonObject exec) return new ExecCredentials(Plugin(name, exec, cluster), new ExecPlugin(time), time);

        var certificate = CertificateOf(user);
        if (Text(user, "tokenFile") is { } file && certificate is null) return new TokenFileCredentials(Resolve(file), time);
        return new FixedCredentials(new Credential { Token = Text(user, "token"), Certificate = certificate });
    }

    private ExecSettings Plugin(string user, JsonObject exec, JsonObject cluster)
    {
        var command = Text(exec, "command") ?? throw new FormatException($"The exec of the user {user} has no command.");
        if (Text(exec, "interactiveMode") == "Always") throw new FormatException($"The exec of the user {user} wants to ask a person.");
        return new ExecSettings
        {
            ApiVersion = Text(exec, "apiVersion") ?? throw new FormatException($"The exec of the user {user} has no apiVersion."),
            // As kubectl does it: a bare name is looked for in the PATH.
            Command = command.Contains(Path.DirectorySeparatorChar) ? Resolve(command) : command,
            Arguments = [.. (exec["args"] as JsonArray ?? []).Select(argument => argument?.ToString() ?? "")],
            Environment = (exec["env"] as JsonArray ?? []).OfType<JsonObject>()
                .ToDictionary(entry => Text(entry, "name") ?? "", entry => entry["value"]?.ToString() ?? ""),
            InstallHint = Text(exec, "installHint"),
            Cluster = Flag(exec, "provideClusterInfo") ? (JsonObject)ClusterForPlugin(cluster).DeepClone() : null,
        };
    }

    private JsonObject ClusterForPlugin(JsonObject cluster)
    {
        var told = new JsonObject();
        foreach (var name in (string[])["server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data"])
        {
            if (cluster[name] is { } value) told[name] = value.DeepClone();
        }

        if (Text(cluster, "certificate-authority") is { } file) told["certificate-authority-data"] = Convert.ToBase64String(File.ReadAllBytes(Resolve(file)));
        return told;
    }

    private X509Certificate2Collection Authorities(JsonObject cluster)
    {
        var authorities = new X509Certificate2Collection();
        if (Pem(cluster, "certificate-authority") is { } pem) authorities.ImportFromPem(pem);
        return authorities;
    }

    private X509Certificate2? CertificateOf(JsonObject user) => (Pem(user, "client-certificate"), Pem(user, "client-key")) switch
    {
        ({ } certificate, { } key) => PemCertificate.Read(certificate, key),
        (null, null) => null,
        _ => throw new FormatException("A client certificate and its key belong together."),
    };

    // As data in the file, which wins, or in a file of its own.
    private string? Pem(JsonObject from, string name)
    {
        if (Text(from, $"{name}-data") is { } data)
        {
            try
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException)
            {
                throw new FormatException($"{name}-data is not base64.");
            }
        }

        return Text(from, name) is { } file ? File.ReadAllText(Resolve(file)) : null;
    }

    private JsonObject Entry(string list, string property, string name) =>
        (_document[list] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(entry => Text(entry, "name") == name)?[property] as JsonObject
        ?? throw new FormatException($"It has no {property} {name}.");

    private string Resolve(string path) => Path.Combine(Path.GetDirectoryName(_path)!, path);

    private static bool Flag(JsonObject from, string name) => from[name] is JsonValue value && value.TryGetValue(out bool flag) && flag;

    // A token of digits only is read as a number.
    private static string? Text(JsonObject from, string name) => from[name] is JsonValue value && value.ToString() is { Length: > 0 } text ? text : null;
}
