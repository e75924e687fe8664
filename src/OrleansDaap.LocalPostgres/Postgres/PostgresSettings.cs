using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>The text of <c>postgresql.conf</c>, <c>pg_hba.conf</c> and <c>pg_ident.conf</c>; every apply writes them again.</summary>
internal static class PostgresSettings
{
    private const int MibPerGib = 1024;

    /// <summary>The least that PostgreSQL is at ease with.</summary>
    private const int LeastBufferMib = 32;

    /// <summary>One cluster's share of the machine's memory for buffers: dozens of them run on a laptop, and most are idle.</summary>
    private const int MachineShare = 32;

    /// <summary>A container's limit where there is one.</summary>
    public static readonly long MachineMemory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The settings that a running server takes from a changed file; of all others it is not sure.</summary>
    private static readonly string[] Reloadable =
    [
        "#", "log_", "ssl", "archive_timeout", "pgaudit.", "effective_cache_size", "max_parallel_workers", "password_encryption", "timezone", "default_text_search_config",
    ];

    public const string Hba = """
        # Written by OrleansDaap at every apply; changes made here are lost.
        # The platform, as the operating system's user that pg_ident.conf names.
        local   all all          peer map=daap
        # Clients: over TLS with a password, and never as the platform's role.
        hostssl all postgres all reject
        hostssl all all      all scram-sha-256

        """;

    /// <summary>For the platform's own cluster, which takes no TCP at all.</summary>
    public const string LocalOnlyHba = """
        # Written by OrleansDaap; changes made here are lost.
        local   all all          peer map=daap

        """;

    /// <summary>While no client is let in.</summary>
    public const string ClosedHba = LocalOnlyHba;

    /// <param name="users">The server's, and the tools': pgBackRest runs as that.</param>
    public static string Ident(params IEnumerable<string> users) => string.Concat(users.Distinct().Select(user => $"daap \"{user}\" {TemplateRecipe.Superuser}\n"));

    /// <param name="place">Without addresses to listen on it takes no TCP.</param>
    /// <param name="cpuCores">Of the tier.</param>
    /// <param name="memoryGib">Of the tier.</param>
    /// <param name="machineMemoryBytes">Of which each cluster gets a share.</param>
    /// <param name="archiving">Null: nothing is archived.</param>
    public static string Conf(PostgresPlace place, decimal cpuCores, decimal memoryGib, long machineMemoryBytes, Archiving? archiving = null) => Common(place, connections: 100) + $"""
        listen_addresses = '{string.Join(',', place.ListenAddresses)}'
        shared_buffers = '{BufferMib(memoryGib, machineMemoryBytes)}MB'
        effective_cache_size = '{Mib(memoryGib * MibPerGib * 3 / 4)}MB'
        max_parallel_workers = {Cores(cpuCores)}
        max_parallel_workers_per_gather = {Cores(cpuCores / 2)}

        ssl = on
        ssl_min_protocol_version = 'TLSv1.3'
        ssl_cert_file = '{place.Tls}/server.crt'
        ssl_key_file = '{place.Tls}/server.key'
        password_encryption = 'scram-sha-256'

        shared_preload_libraries = 'pgaudit'
        pgaudit.log = 'ddl, role, write'

        """ + archiving?.Conf;

    /// <summary>The platform's own cluster: a Unix socket and nothing else.</summary>
    public static string LocalOnlyConf(PostgresPlace place) => Common(place, connections: 100) + """
        listen_addresses = ''
        shared_buffers = '64MB'

        """;

    /// <summary>
    /// What every process of a cluster bears in its title. Those that a killed postmaster leaves have nothing else in sight that tells whose
    /// they are, so it is a name that no other data directory has.
    /// </summary>
    public static string ClusterName(string pgdata) =>
        $"{Path.GetFileName(Path.GetDirectoryName(pgdata))}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(pgdata)))[..8]}";

    /// <summary>What it takes to get a server from one <c>postgresql.conf</c> to another.</summary>
    public static SettingsChange Compare(string before, string after)
    {
        if (before == after) return SettingsChange.None;
        var (old, now) = (before.Split('\n'), after.Split('\n'));
        var differing = old.Except(now).Concat(now.Except(old)).Where(line => line.Length > 0);
        return differing.All(line => Reloadable.Any(name => line.StartsWith(name, StringComparison.Ordinal))) ? SettingsChange.Reload : SettingsChange.Restart;
    }

    /// <summary>A quarter of the declared memory, as PostgreSQL's manual advises, within this machine's share.</summary>
    internal static int BufferMib(decimal memoryGib, long machineMemoryBytes)
    {
        var machine = machineMemoryBytes / (1024 * 1024) / MachineShare;
        return (int)Math.Max(LeastBufferMib, Math.Min(memoryGib * MibPerGib / 4, machine));
    }

    // The names of the logs come again after a week, so that they cannot fill the disk by age; by size LogPruner sees to it.
    private static string Common(PostgresPlace place, int connections) => $"""
        # Written by OrleansDaap at every apply; changes made here are lost.
        cluster_name = '{ClusterName(place.Pgdata)}'
        port = {place.Port.ToString(CultureInfo.InvariantCulture)}
        unix_socket_directories = '{place.Sockets}'
        unix_socket_permissions = 0700
        max_connections = {connections}

        logging_collector = on
        log_directory = '{place.Logs}'
        log_filename = 'postgresql-%a-%H%M.log'
        log_rotation_age = '1d'
        log_rotation_size = '10MB'
        log_truncate_on_rotation = on
        log_line_prefix = '%m [%p] %q%u@%d '
        log_timezone = 'UTC'
        timezone = 'UTC'
        default_text_search_config = 'pg_catalog.english'

        """;

    // PostgreSQL itself takes part in each query; a worker beside it needs a core of its own.
    private static string Cores(decimal value) => ((int)value).ToString(CultureInfo.InvariantCulture);

    private static string Mib(decimal value) => ((long)Math.Max(LeastBufferMib, value)).ToString(CultureInfo.InvariantCulture);
}
