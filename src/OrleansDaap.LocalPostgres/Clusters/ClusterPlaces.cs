using System.Net;
using System.Net.Sockets;
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

    /// <summary>
    /// Where servers listen: the loopback address always, since the pooler reaches PostgreSQL there, and those of <see cref="Host"/> that
    /// are this machine's. Always in the same order, because settings are made of them.
    /// </summary>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(CancellationToken cancellationToken)
    {
        if (Host is "127.0.0.1" or "localhost") return [IPAddress.Loopback];
        IPAddress[] found;
        try
        {
            found = await Dns.GetHostAddressesAsync(Host, cancellationToken);
        }
        catch (SocketException failure)
        {
            throw new ClusterFailureException("host-unusable", $"Daap:Local:Host: \"{Host}\" cannot be resolved ({failure.Message}).", failure);
        }

        var here = found.Where(address => !address.IsIPv6LinkLocal && IsHere(address)).ToList();
        if (here.Count == 0)
        {
            throw new ClusterFailureException(
                "host-unusable", $"Daap:Local:Host: \"{Host}\" ({string.Join(", ", found.Select(address => $"{address}"))}) is no address of this machine.");
        }

        return [.. here.Append(IPAddress.Loopback).Distinct().OrderBy(address => !address.Equals(IPAddress.Loopback)).ThenBy(address => $"{address}", StringComparer.Ordinal)];
    }

    public string Directory(DatabaseId id) => data.ClusterOf(id);

    public string Credentials(DatabaseId id) => data.CredentialsOf(id);

    public string Pgdata(DatabaseId id) => Path.Combine(Directory(id), "pgdata");

    public string PoolerDirectory(DatabaseId id) => Path.Combine(Directory(id), "pgbouncer");

    public string Tls(DatabaseId id) => Path.Combine(Directory(id), "tls");

    public string Logs(DatabaseId id) => Path.Combine(Directory(id), "log");

    public string VerifierFile(DatabaseId id) => Path.Combine(Directory(id), "scram-verifier");

    /// <summary>There from before settings are written that PostgreSQL has to restart for, until it has stopped: a kill in between must not hide it.</summary>
    public string RestartMark(DatabaseId id) => Path.Combine(Directory(id), "restart");

    /// <summary>As <see cref="RestartMark"/>, of settings that it has to read again, until all of its processes have been told to.</summary>
    public string ReloadMark(DatabaseId id) => Path.Combine(Directory(id), "reload");

    /// <summary>For a cluster that had data: throws when it is not there any more.</summary>
    public void CheckData(DatabaseId id)
    {
        if (System.IO.Directory.Exists(Pgdata(id))) return;
        throw new ClusterFailureException(
            "data-missing", $"This database had data in {Pgdata(id)}, and that directory is gone. Bring it back; an empty one is not put in its place.");
    }

    public PostgresPlace Postgres(ClusterRecord record, IReadOnlyList<IPAddress> addresses)
    {
        var id = record.Spec.Id;
        return new PostgresPlace(Pgdata(id), Logs(id), Tls(id), data.Sockets, record.Port, record.Spec.Closed ? [] : Texts(addresses));
    }

    /// <summary>Data that is being restored and is no cluster's yet.</summary>
    public PostgresPlace Unfinished(DatabaseId id, int port) => new(Pgdata(id) + ".restore", Logs(id), "", data.Sockets, port, []);

    public PgBouncerPlace Pooler(ClusterRecord record, int port, IReadOnlyList<IPAddress> addresses)
    {
        var id = record.Spec.Id;
        return new PgBouncerPlace(PoolerDirectory(id), Logs(id), Tls(id), port, record.Port, Texts(addresses));
    }

    private static IReadOnlyList<string> Texts(IReadOnlyList<IPAddress> addresses) => [.. addresses.Select(address => $"{address}")];

    private static bool IsHere(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            // Another machine's, or of a family that this one does not speak.
            return false;
        }
    }
}
