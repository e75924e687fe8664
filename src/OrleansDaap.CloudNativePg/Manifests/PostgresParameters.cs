using System.Globalization;
using System.Text.Json.Nodes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Manifests;

/// <summary><c>postgresql.conf</c> from a tier's sizes. The operator takes every value as a string.</summary>
internal static class PostgresParameters
{
    /// <summary>The least that PostgreSQL is at ease with.</summary>
    private const int LeastBufferMib = 32;

    /// <summary>A backend that works takes up to ten MiB; with a quarter for buffers the rest holds.</summary>
    private const int ConnectionsPerGib = 100;
    private const int FewestConnections = 25;
    private const int MostConnections = 500;

    /// <summary>The operator's own defaults: of WAL that is kept for standbys, and of workers of all kinds.</summary>
    private const int OperatorKeepsMib = 512;
    private const int OperatorWorkers = 32;

    /// <summary>Beside parallel workers: logical replication, autovacuum's launcher, extensions.</summary>
    private const int OtherWorkers = 8;

    /// <summary>Beyond this a longer way between checkpoints gains nothing, and a crash takes longer to recover from.</summary>
    private const int MostWalMib = 4096;

    public static JsonObject Of(ClusterSpec spec, CloudNativePgOptions options)
    {
        var parameters = Sizes(spec);
        Add(parameters, WalSizes(spec.StorageGib));
        parameters["password_encryption"] = "scram-sha-256";
        parameters["ssl_min_protocol_version"] = "TLSv1.3";
        // Any parameter of pgaudit's makes the operator load it, and create it in every database.
        parameters["pgaudit.log"] = "ddl, role, write";
        parameters["pgaudit.log_catalog"] = "off";
        if (spec.Backups is not null) parameters["archive_timeout"] = Text((long)options.ArchiveEvery.TotalSeconds) + "s";
        return parameters;
    }

    /// <summary>Clients that PostgreSQL takes at once.</summary>
    public static int MaxConnections(decimal memoryGib) => (int)Math.Clamp(memoryGib * ConnectionsPerGib, FewestConnections, MostConnections);

    // A quarter for buffers and three for the whole cache, as PostgreSQL's manual advises and the local backend does it.
    private static JsonObject Sizes(ClusterSpec spec)
    {
        var memory = (long)(spec.MemoryGib * Quantity.MibPerGib);
        return new JsonObject
        {
            ["shared_buffers"] = Mib(Math.Max(LeastBufferMib, memory / 4)),
            ["effective_cache_size"] = Mib(Math.Max(LeastBufferMib, memory * 3 / 4)),
            ["max_connections"] = Text(MaxConnections(spec.MemoryGib)),
            ["max_worker_processes"] = Text(Math.Max(OperatorWorkers, (int)spec.CpuCores + OtherWorkers)),
            ["max_parallel_workers"] = Text((int)spec.CpuCores),
            ["max_parallel_workers_per_gather"] = Text((int)(spec.CpuCores / 2)),
        };
    }

    // WAL lies on the data's volume, and defaults that are for large ones would fill a small one. A standby that falls behind by
    // half of it is given up rather than let the primary stop.
    private static JsonObject WalSizes(int storageGib)
    {
        var storage = (long)storageGib * Quantity.MibPerGib;
        return new JsonObject
        {
            ["max_wal_size"] = Mib(Math.Min(MostWalMib, storage / 4)),
            ["wal_keep_size"] = Mib(Math.Min(OperatorKeepsMib, storage / 16)),
            ["max_slot_wal_keep_size"] = Mib(storage / 2),
        };
    }

    private static void Add(JsonObject to, JsonObject more)
    {
        foreach (var (name, value) in more) to[name] = value!.DeepClone();
    }

    private static string Mib(long mib) => $"{Text(mib)}MB";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
