using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.PgBouncer;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.LocalPostgres.Tls;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>Sees what is there from the record and the pid files alone: cheap enough for every cluster every two seconds.</summary>
internal sealed class ClusterLook(ClusterPlaces places, ClusterStore store, CertificateAuthority ca, TimeProvider time)
{
    /// <summary>A first look, by a server that knows nothing of the cluster yet.</summary>
    public ClusterObservation First(DatabaseId id)
    {
        if (!Directory.Exists(places.Directory(id)) && !Directory.Exists(places.Credentials(id))) return ClusterObservation.Absent;
        try
        {
            return store.Read(id) is { } record ? Look(record) : Unfinished(0);
        }
        catch (ClusterFailureException failure)
        {
            return new ClusterObservation { Phase = ClusterPhase.Failed, Reason = Reason(failure.Code, failure.Message) };
        }
    }

    public ClusterObservation Look(ClusterRecord record)
    {
        var spec = record.Spec;
        if (record.Reached != spec.Generation) return Unfinished(record.Reached);
        // A generation that it has not reached, so that the freeze is applied again.
        if (spec.Frozen && PostgresServer.IsRunning(places.Pgdata(spec.Id))) return Unfinished(spec.Generation - 1);
        if (spec.Frozen && record.HasData && !Directory.Exists(places.Pgdata(spec.Id))) return Unfinished(spec.Generation - 1);
        if (spec.Frozen) return new ClusterObservation { Phase = ClusterPhase.Stopped, Generation = spec.Generation, PostgresVersion = record.PostgresVersion };
        return Fallen(record) ?? new ClusterObservation
        {
            Phase = ClusterPhase.Ready,
            Generation = spec.Generation,
            PostgresVersion = record.PostgresVersion,
            Reason = Shortfall(spec),
            Endpoint = spec.Closed ? null : new ClusterEndpoint(
                places.Host,
                record.Port,
                record.PoolerPort is null ? null : places.Host,
                record.PoolerPort,
                new SecretLocation("directory", places.Credentials(spec.Id)),
                new SecretLocation("file", ca.CertificateFile)),
        };
    }

    /// <summary>Stopped, if a process that should run does not; else null.</summary>
    public ClusterObservation? Fallen(ClusterRecord record)
    {
        var id = record.Spec.Id;
        if (!PostgresServer.IsRunning(places.Pgdata(id))) return Stopped(record, "postgres-stopped", "PostgreSQL does not run any more; it is started again.");
        if (record.PoolerPort is not null && !record.Spec.Closed && !PgBouncerServer.IsRunning(places.PoolerDirectory(id)))
            return Stopped(record, "pgbouncer-stopped", "PgBouncer does not run any more; it is started again.");
        return null;
    }

    public void PruneLogs(DatabaseId id)
    {
        LogPruner.Prune(places.Logs(id));
        PgBouncerServer.RotateLog(places.PoolerDirectory(id), places.Logs(id));
    }

    public StatusReason Reason(string code, string message) => new(code, message, time.GetUtcNow());

    private ClusterObservation Stopped(ClusterRecord record, string code, string message) => new()
    {
        Phase = ClusterPhase.Stopped,
        Generation = record.Spec.Generation,
        PostgresVersion = record.PostgresVersion,
        Reason = Reason(code, message),
    };

    // Nobody works on it in this server yet, so it is not progressing. Its generation is one that it reached, so that a freeze
    // cut short does not look done; applying goes on where it stopped.
    private ClusterObservation Unfinished(long generation) => new()
    {
        Phase = ClusterPhase.Stopped,
        Generation = generation,
        Reason = Reason("interrupted", "Work on this cluster was interrupted and goes on from where it stopped."),
    };

    private StatusReason? Shortfall(ClusterSpec spec) => spec.Instances > 1
        ? Reason("standbys-missing", $"1 of {spec.Instances} instances runs: the local backend does not run standbys yet.")
        : null;
}
