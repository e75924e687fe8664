using System.Globalization;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.PgBouncer;

/// <summary>The text of <c>pgbouncer.ini</c> and of its list of users; every apply writes them again.</summary>
internal static class PgBouncerSettings
{
    /// <summary>Server connections per pool, of the 100 that PostgreSQL takes; there is one pool, of <c>app</c> with <c>app</c>.</summary>
    private const int PoolSize = 50;

    public static string Ini(PgBouncerPlace place, PoolerSpec pooler) => $"""
        ; Written by OrleansDaap at every apply; changes made here are lost.
        [databases]
        {ClusterEndpoint.Database} = host=127.0.0.1 port={place.PostgresPort.ToString(CultureInfo.InvariantCulture)} dbname={ClusterEndpoint.Database}

        [pgbouncer]
        listen_addr = {string.Join(',', place.ListenAddresses)}
        listen_port = {place.Port.ToString(CultureInfo.InvariantCulture)}
        unix_socket_dir =
        logfile = {place.LogFile}
        pidfile = {place.PidFile}
        log_connections = 0
        log_disconnections = 0
        log_stats = 0

        auth_type = scram-sha-256
        auth_file = {place.UsersFile}
        admin_users =
        stats_users =

        client_tls_sslmode = require
        client_tls_protocols = tlsv1.3
        client_tls_cert_file = {place.Tls}/server.crt
        client_tls_key_file = {place.Tls}/server.key
        server_tls_sslmode = verify-full
        server_tls_protocols = tlsv1.3
        server_tls_ca_file = {place.Tls}/ca.crt

        pool_mode = {Mode(pooler.Mode)}
        max_client_conn = {pooler.MaxConnections.ToString(CultureInfo.InvariantCulture)}
        default_pool_size = {PoolSize}
        ignore_startup_parameters = extra_float_digits

        """;

    /// <summary>How the file that is there differs from the one that is wanted; PgBouncer moves to another address or port only by a restart.</summary>
    public static SettingsChange Compare(PgBouncerPlace place, PoolerSpec pooler)
    {
        var (before, after) = (File.Exists(place.IniFile) ? File.ReadAllText(place.IniFile) : "", Ini(place, pooler));
        if (before == after) return SettingsChange.None;
        return Listening(before).SequenceEqual(Listening(after)) ? SettingsChange.Reload : SettingsChange.Restart;
    }

    private static IEnumerable<string> Listening(string ini) => ini.Split('\n').Where(line => line.StartsWith("listen_", StringComparison.Ordinal));

    /// <summary>The same verifier as PostgreSQL's, so that PgBouncer can log in there with the keys that a client's login showed it.</summary>
    public static string Users(string verifier) => $"\"{ClusterEndpoint.User}\" \"{verifier}\"\n";

    private static string Mode(PoolMode mode) => mode switch
    {
        PoolMode.Session => "session",
        PoolMode.Transaction => "transaction",
        PoolMode.Statement => "statement",
    };
}
