using System.Net;
using Microsoft.Extensions.Options;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.PgBouncer;
using OrleansDaap.LocalPostgres.Postgres;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>Where the parts of a cluster lie and listen.</summary>
internal sealed class ClusterPlaces(DataDirectory data, IOptions<LocalPostgresOptions> options)
{
    public string Host => options.Value.Host;

    /// <summary>The loopback address always, since the pooler reaches PostgreSQL there.</summary>
    public IReadOnlyList<string> ListenAddresses => Host is "127.0.0.1" or "localhost" ? ["127.0.0.1"] : ["127.0.0.1", Host];

    /// <summary>The addresses behind <see cref="ListenAddresses"/>.</summary>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(CancellationToken cancellationToken)
    {
        var resolved = await Task.WhenAll(ListenAddresses.Select(name => Dns.GetHostAddressesAsync(name, cancellationToken)));
        return [.. resolved.SelectMany(addresses => addresses).Distinct()];
    }

    public string Directory(DatabaseId id) => data.ClusterOf(id);

    public string Credentials(DatabaseId id) => data.CredentialsOf(id);

    public string Pgdata(DatabaseId id) => Path.Combine(Directory(id), "pgdata");

    public string PoolerDirectory(DatabaseId id) => Path.Combine(Directory(id), "pgbouncer");

    public string Tls(DatabaseId id) => Path.Combine(Directory(id), "tls");

    public string Logs(DatabaseId id) => Path.Combine(Directory(id), "log");

    public string VerifierFile(DatabaseId id) => Path.Combine(Directory(id), "scram-verifier");

    /// <summary>For a cluster that had data: throws when it is not there any more.</summary>
    public void CheckData(DatabaseId id)
    {
        if (System.IO.Directory.Exists(Pgdata(id))) return;
        throw new ClusterFailureException(
            "data-missing", $"This database had data in {Pgdata(id)}, and that directory is gone. Bring it back; an empty one is not put in its place.");
    }

    public PostgresPlace Postgres(ClusterRecord record)
    {
        var id = record.Spec.Id;
        return new PostgresPlace(Pgdata(id), Logs(id), Tls(id), data.Sockets, record.Port, ListenAddresses);
    }

    public PgBouncerPlace Pooler(ClusterRecord record, int port)
    {
        var id = record.Spec.Id;
        return new PgBouncerPlace(PoolerDirectory(id), Logs(id), Tls(id), port, record.Port, ListenAddresses);
    }
}
