using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;

namespace OrleansDaap.LocalPostgres.Platform;

/// <summary>
/// The control plane's own PostgreSQL under <c>&lt;data&gt;/platform</c>, reached over its Unix socket only. It outlives a server that is
/// killed; the next one takes it over.
/// </summary>
internal sealed class PlatformCluster(
    DataDirectory data,
    PostgresInstallations installations,
    ClusterInitializer initializer,
    PostgresServer postgres,
    PostgresFiles configuration,
    OwnedFiles files,
    TimeProvider time,
    ILogger<PlatformCluster> logger)
{
    private const string Database = "daap";

    /// <summary>Names the socket; nothing listens on TCP.</summary>
    private const int Port = 5432;

    /// <summary>Of the 100 connections that the cluster takes, most are left for people with psql and a server that takes over.</summary>
    private const int PoolSize = 40;

    private bool _started;

    /// <summary>Whether its postmaster is alive; costs a look at a pid file.</summary>
    public bool IsRunning => PostgresServer.IsRunning(Path.Combine(data.Platform, "pgdata"));

    /// <summary>Makes it if need be, starts it or takes over the one that runs, and returns Npgsql's connection string.</summary>
    public async Task<string> StartAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        await data.OpenAsync(cancellationToken);
        var pgdata = Path.Combine(data.Platform, "pgdata");
        var place = new PostgresPlace(pgdata, Path.Combine(data.Platform, "log"), "", data.Platform, Port, []);
        files.MakeDirectory(place.Logs, FileModes.PrivateDirectory, FileOwner.Tools);
        if (_started && !Directory.Exists(pgdata))
            throw new InvalidOperationException($"The platform's own data, {pgdata}, is gone while the server runs. Bring it back; an empty one is not put in its place.");
        var installation = Directory.Exists(pgdata) ? await InstalledForAsync(pgdata, cancellationToken) : await MakeAsync(pgdata, cancellationToken);
        await postgres.IsRunningOrClearedAsync(pgdata, place.SocketFile, cancellationToken);
        var change = configuration.Write(pgdata, PostgresSettings.LocalOnlyConf(place), PostgresSettings.LocalOnlyHba);
        if (change == SettingsChange.Restart) await postgres.StopAsync(pgdata, cancellationToken);
        else if (change == SettingsChange.Reload) PostgresServer.Reload(pgdata);
        var how = PostgresServer.IsRunning(pgdata) ? "taken over" : "started";
        await postgres.StartAsync(installation, pgdata, place.Logs, place.SocketFile, cancellationToken);
        _started = true;
        logger.PlatformRuns(how, time.GetElapsedTime(begun));
        return new NpgsqlConnectionStringBuilder
        {
            Host = place.Sockets,
            Port = Port,
            Username = TemplateRecipe.Superuser,
            Database = Database,
            MaxPoolSize = PoolSize,
        }.ConnectionString;
    }

    /// <summary>For a graceful end of the server, after everything that uses it; does nothing in a process that did not start it.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_started) return;
        await postgres.StopAsync(Path.Combine(data.Platform, "pgdata"), cancellationToken);
        _started = false;
        logger.PlatformStopped();
    }

    private async Task<PostgresInstallation> InstalledForAsync(string pgdata, CancellationToken cancellationToken)
    {
        var major = await File.ReadAllTextAsync(Path.Combine(pgdata, "PG_VERSION"), cancellationToken);
        return await installations.FindAsync(int.Parse(major, System.Globalization.CultureInfo.InvariantCulture), cancellationToken);
    }

    private async Task<PostgresInstallation> MakeAsync(string pgdata, CancellationToken cancellationToken)
    {
        if (await installations.ListAsync(cancellationToken) is not [.., var installation])
        {
            throw new InvalidOperationException(
                "No PostgreSQL 15 or newer is installed on this machine. Install one, or name its programs' directory in Daap:Local:PostgresInstallations.");
        }

        // A name of its own: the initdb of a killed server may still be at work on another.
        Sweep();
        var half = $"{pgdata}.half-{Guid.NewGuid():N}";
        await initializer.InitializeAsync(installation, half, cancellationToken);
        await initializer.ExecuteAsync(installation, half, "postgres", $"CREATE DATABASE {Database};\n", preload: "", cancellationToken);
        await initializer.SyncAsync(installation, half, cancellationToken);
        Directory.Move(half, pgdata);
        Posix.SyncDirectory(data.Platform);
        Sweep();
        return installation;
    }

    private void Sweep()
    {
        foreach (var old in Directory.EnumerateDirectories(data.Platform, "pgdata.half*")) data.TryRemove(old);
    }
}
