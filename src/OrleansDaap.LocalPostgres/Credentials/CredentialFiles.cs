using System.Security.Cryptography;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Credentials;

/// <summary>
/// The credentials directory of a database, with the names that CloudNativePG gives its secret. It belongs to this server's user; the
/// tools' user cannot read it.
/// </summary>
internal sealed class CredentialFiles(OwnedFiles files)
{
    /// <summary>190 bits.</summary>
    private const int PasswordLength = 32;
    private const string PasswordLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>Writes what is missing or has changed and returns the password, which stays what it was.</summary>
    public string Ensure(string directory, string host, int port, int? pooledPort, string caFile)
    {
        files.MakeDirectory(directory, FileModes.PrivateDirectory, FileOwner.Server);
        var passwordFile = Path.Combine(directory, "password");
        var password = File.Exists(passwordFile) ? File.ReadAllText(passwordFile) : "";
        // A file cut short by a full disk is no password that anyone was given.
        if (password.Length != PasswordLength) password = RandomNumberGenerator.GetString(PasswordLetters, PasswordLength);

        Write("password", password);
        Write("username", ClusterEndpoint.User);
        Write("dbname", ClusterEndpoint.Database);
        Write("host", host);
        Write("port", $"{port}");
        Write("uri", Uri(password, host, port, caFile));
        Write("pgpass", PgPass(password, host, pooledPort is { } pooled ? [port, pooled] : [port]));
        return password;

        void Write(string name, string content) => files.Write(Path.Combine(directory, name), content, FileModes.PrivateFile, FileOwner.Server);
    }

    /// <summary>Whether they name that host and port.</summary>
    public static bool IsCurrent(string directory, string host, int port) => Holds(directory, "host", host) && Holds(directory, "port", $"{port}");

    /// <summary>What <c>psql</c> takes as it is: with the password and the CA that <c>verify-full</c> needs.</summary>
    internal static string Uri(string password, string host, int port, string caFile) =>
        $"postgresql://{ClusterEndpoint.User}:{password}@{host}:{port}/{ClusterEndpoint.Database}?sslmode=verify-full&sslrootcert={System.Uri.EscapeDataString(caFile)}";

    /// <summary>A line per port, for <c>PGPASSFILE</c>. Neither host names nor IPv4 addresses nor the password need escaping.</summary>
    internal static string PgPass(string password, string host, IEnumerable<int> ports) =>
        string.Concat(ports.Select(port => $"{host}:{port}:{ClusterEndpoint.Database}:{ClusterEndpoint.User}:{password}\n"));

    private static bool Holds(string directory, string name, string content) =>
        Path.Combine(directory, name) is var file && File.Exists(file) && File.ReadAllText(file) == content;
}
