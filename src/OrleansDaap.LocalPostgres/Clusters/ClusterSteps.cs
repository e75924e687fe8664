using System.Net;
using Microsoft.Extensions.Logging;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Backups;
using OrleansDaap.LocalPostgres.Credentials;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.PgBouncer;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.LocalPostgres.Tls;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Clusters;

/// <summary>
/// Brings one cluster to its spec. Each step looks before it acts, so all of them may be run again after any crash and do only what is
/// missing. At most one call per cluster runs at a time.
/// </summary>
internal sealed class ClusterSteps(
    ClusterPlaces places,
    ClusterStore store,
    PortAllocator ports,
    PostgresInstallations installations,
    ClusterData clusterData,
    PostgresServer postgres,
    PgBouncerServer pgBouncer,
    CertificateAuthority ca,
    CredentialFiles credentials,
    AppRole appRole,
    ClusterConfiguration configuration,
    BackupSettings backups,
    BackupWorkers backupWorkers,
    OwnedFiles files,
    DataDirectory data,
    Endpoints endpoints,
    TimeProvider time,
    ILogger<ClusterSteps> logger)
{
    public async Task<ClusterRecord> ApplyAsync(ClusterSpec spec, WorkSlot slot, CancellationToken cancellationToken)
    {
        var existing = store.Read(spec.Id);
        // Before anything is made: what is made now would be in the way of what is brought back.
        if (spec.HasData || existing?.HasData == true) places.CheckData(spec.Id);
        var record = spec.Frozen && existing is not null ? existing with { Spec = spec } : await RunAsync(spec, slot, cancellationToken);
        if (spec.Frozen) await FreezeAsync(record, slot, cancellationToken);
        record = record with { Reached = spec.Generation };
        store.Write(record);
        File.Delete(places.ReloadMark(spec.Id));
        return record;
    }

    /// <summary>Stops what runs and removes every file; returns when nothing is left.</summary>
    public async Task DestroyAsync(DatabaseId id, bool keepBackups, WorkSlot slot, CancellationToken cancellationToken)
    {
        await slot.WaitAsync(backupWorkers.RetireAsync(id), time);
        await pgBouncer.StopAsync(places.PoolerDirectory(id), cancellationToken);
        await slot.WaitAsync(postgres.StopAsync(places.Pgdata(id), cancellationToken), time);
        if (keepBackups && FindRecord(id) is { } record) await RecoverAsync(record, goes: true, slot, cancellationToken);
        await slot.WaitAsync(clusterData.RemoveAsync(id, ports.HeldBy(id), keepBackups, cancellationToken), time);
        // A crashed PostgreSQL leaves its socket; the ports are the record's, which goes last.
        foreach (var port in ports.HeldBy(id)) PostgresServer.RemoveSocket(Path.Combine(data.Sockets, $".s.PGSQL.{port}"));
        data.Remove(OwnedFiles.Half(places.Credentials(id)));
        data.Remove(OwnedFiles.Half(places.Directory(id)));
        data.Remove(places.Credentials(id));
        data.Remove(places.Directory(id));
        ports.Release(id);
        if (keepBackups) return;
        await slot.WaitAsync(clusterData.PurgeAsync(id, cancellationToken), time);
        // Who looked in the meantime may have begun to look after them again.
        await backupWorkers.RetireAsync(id);
    }

    private async Task FreezeAsync(ClusterRecord record, WorkSlot slot, CancellationToken cancellationToken)
    {
        store.Write(record);
        await pgBouncer.StopAsync(places.PoolerDirectory(record.Spec.Id), cancellationToken);
        await slot.WaitAsync(postgres.StopAsync(places.Pgdata(record.Spec.Id), cancellationToken), time);
        await RecoverAsync(record, goes: false, slot, cancellationToken);
    }

    // One that died has its last commits in a file that is archived only by a proper stop. No client is let in until then. Where its data
    // goes after that, only what will never start goes without it.
    private async Task RecoverAsync(ClusterRecord record, bool goes, WorkSlot slot, CancellationToken cancellationToken)
    {
        var closed = record with { Spec = record.Spec with { Closed = true } };
        var place = places.Postgres(closed, []);
        if (record is not { Spec.Backups: not null, HasData: true } || !Directory.Exists(place.Pgdata) || ControlFile.ShutDownAt(place.Pgdata) is not null) return;
        try
        {
            var installation = await installations.FindAsync(record.Spec.PostgresVersion, cancellationToken);
            configuration.Write(closed, place);
            // A stop in the midst of its recovery would leave it as it was.
            await slot.WaitAsync(postgres.StartAsync(installation, place.Pgdata, place.Logs, place.SocketFile, cancellationToken, Recovery.Patience), time);
        }
        catch (Exception failure) when (failure is not OperationCanceledException && Failures.Describe(failure) is { } words && (!goes || words.Code == "postgres-start-failed"))
        {
            // What is frozen, or goes, needs no PostgreSQL that starts.
            logger.NotRecovered(record.Spec.Id, words.Message);
        }

        await slot.WaitAsync(postgres.StopAsync(place.Pgdata, cancellationToken), time);
    }

    private ClusterRecord? FindRecord(DatabaseId id)
    {
        try
        {
            return store.Read(id);
        }
        catch (ClusterFailureException)
        {
            return null;
        }
    }

    private async Task<ClusterRecord> RunAsync(ClusterSpec spec, WorkSlot slot, CancellationToken cancellationToken)
    {
        var id = spec.Id;
        var installation = await installations.FindAsync(spec.PostgresVersion, cancellationToken);
        var poolerProgram = spec.Pooler is null || spec.Closed ? null : pgBouncer.FindProgram();
        var addresses = await places.ResolveAsync(cancellationToken);
        var record = Record(spec, addresses);

        files.MakeDirectory(places.Logs(id), FileModes.PrivateDirectory, FileOwner.Tools);
        LogPruner.Prune(places.Logs(id));
        if (PostgresServer.IsRunning(places.Pgdata(id))) files.Write(places.ReloadMark(id), "", FileModes.PrivateFile, FileOwner.Server);
        ca.EnsureServerCertificate(places.Tls(id));
        var password = credentials.Ensure(places.Credentials(id), places.Host, record.Port, record.PoolerPort, ca.CertificateFile);
        var verifier = appRole.EnsureVerifier(places.VerifierFile(id), password);

        if (spec.Backups is not null) backups.Ensure(id, record);
        await clusterData.EnsureAsync(record, installation, slot, cancellationToken);
        var place = places.Postgres(record, addresses);
        // One that a killed server began to start is known from here on, so that its port is not taken for a stranger's.
        await postgres.IsRunningOrClearedAsync(place.Pgdata, place.SocketFile, cancellationToken);
        // Before PostgreSQL turns everyone away: the pooler would only tell its clients of errors.
        if (spec.Closed) await pgBouncer.StopAsync(places.PoolerDirectory(id), cancellationToken);
        if (spec.Backups is not null)
        {
            clusterData.BeginArchiving(id);
        }
        else if (clusterData.ArchivingEnds(id))
        {
            await slot.WaitAsync(postgres.StopAsync(place.Pgdata, cancellationToken), time);
            await slot.WaitAsync(clusterData.EndArchivingAsync(id, cancellationToken), time);
        }

        await ConfigureAsync(record, place, slot, cancellationToken);

        if (!PostgresServer.IsRunning(place.Pgdata) && !spec.Closed) PortAllocator.CheckFree(place.Port, addresses);
        await slot.WaitAsync(postgres.StartAsync(installation, place.Pgdata, place.Logs, place.SocketFile, cancellationToken), time);
        var version = await AppRole.EnsureAsync(place, verifier, cancellationToken);
        if (spec.Closed) return record with { HasData = true, PostgresVersion = version };
        record = await EnsurePoolerAsync(record, poolerProgram, verifier, addresses, cancellationToken);
        await endpoints.WaitAsync(places.Host, record.Port, cancellationToken);
        return record with { HasData = true, PostgresVersion = version };
    }

    private async Task ConfigureAsync(ClusterRecord record, PostgresPlace place, WorkSlot slot, CancellationToken cancellationToken)
    {
        var mark = places.RestartMark(record.Spec.Id);
        if (PostgresServer.IsRunning(place.Pgdata) && configuration.Compare(record, place) == SettingsChange.Restart)
            files.Write(mark, "", FileModes.PrivateFile, FileOwner.Server);
        configuration.Write(record, place);
        if (File.Exists(mark))
        {
            logger.SettingsChanged(record.Spec.Id);
            await slot.WaitAsync(postgres.StopAsync(place.Pgdata, cancellationToken), time);
            File.Delete(mark);
        }
        else
        {
            // Also when nothing has changed now: it may have just before a kill.
            PostgresServer.Reload(place.Pgdata);
        }
    }

    // Written before anything else is made, so that the ports are known to whoever comes after a crash.
    private ClusterRecord Record(ClusterSpec spec, IReadOnlyList<IPAddress> addresses)
    {
        var existing = store.Read(spec.Id);
        var taken = new List<int>();
        var lost = new List<int>();
        try
        {
            var record = new ClusterRecord
            {
                Spec = spec,
                Port = KeepOrTake(existing?.Port, wanted: true)!.Value,
                // The port of a pooler that is not wanted any more is given back once it has stopped.
                PoolerPort = KeepOrTake(existing?.PoolerPort, wanted: spec.Pooler is not null),
                Reached = existing?.Reached ?? 0,
                HasData = existing?.HasData ?? false,
                PostgresVersion = existing?.PostgresVersion,
            };
            files.MakeDirectory(places.Directory(spec.Id), FileModes.PrivateDirectory, FileOwner.Tools);
            store.Write(record);
            // Only now does no record name them any more.
            foreach (var port in lost) ports.Release(spec.Id, port);
            return record;
        }
        catch
        {
            // The write may have failed after the record had its name.
            var named = store.Read(spec.Id);
            foreach (var port in taken.Where(port => port != named?.Port && port != named?.PoolerPort)) ports.Release(spec.Id, port);
            throw;
        }

        // Nobody was told of the ports of a cluster that never answered: when a stranger took one in the meantime, it gets another. One
        // that another database holds is never kept, whatever the record says.
        int? KeepOrTake(int? held, bool wanted)
        {
            if (!wanted) return held;
            if (held is { } port && ports.TryHold(spec.Id, port))
            {
                if (existing!.Reached > 0 || PostgresServer.IsRunning(places.Pgdata(spec.Id)) || PortAllocator.IsFree(port, addresses)) return held;
                lost.Add(port);
            }

            taken.Add(ports.Take(spec.Id, addresses));
            return taken[^1];
        }
    }

    private async Task<ClusterRecord> EnsurePoolerAsync(
        ClusterRecord record, string? program, string verifier, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        var id = record.Spec.Id;
        if (record.Spec.Pooler is not { } pooler || record.PoolerPort is not { } port)
        {
            await pgBouncer.StopAsync(places.PoolerDirectory(id), cancellationToken);
            if (record.PoolerPort is { } unused) ports.Release(id, unused);
            credentials.Ensure(places.Credentials(id), places.Host, record.Port, null, ca.CertificateFile);
            return record with { PoolerPort = null };
        }

        var place = places.Pooler(record, port, addresses);
        files.MakeDirectory(place.Directory, FileModes.PrivateDirectory, FileOwner.Tools);
        files.Write(place.UsersFile, PgBouncerSettings.Users(verifier), FileModes.PrivateFile, FileOwner.Tools);
        if (PgBouncerSettings.Compare(place, pooler) == SettingsChange.Restart) await pgBouncer.StopAsync(place.Directory, cancellationToken);
        files.Write(place.IniFile, PgBouncerSettings.Ini(place, pooler), FileModes.PrivateFile, FileOwner.Tools);
        if (!await pgBouncer.IsRunningOrClearedAsync(place, cancellationToken)) PortAllocator.CheckFree(port, addresses);
        await pgBouncer.EnsureAsync(program!, place, cancellationToken);
        await endpoints.WaitAsync(places.Host, port, cancellationToken);
        return record;
    }
}
