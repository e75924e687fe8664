using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;

namespace OrleansDaap.Benchmarks;

/// <summary>
/// A database of 1 GB: what a backup costs those who use it meanwhile, and from asking for a restore to the first answered query, against
/// <c>pgbackrest restore</c> and <c>pg_ctl start</c> by hand from the same repository.
/// </summary>
internal static class Restores
{
    /// <summary>pgbench's; 15 MB each.</summary>
    private const int Scale = 70;
    private const int Rounds = 2;
    private const int PgbenchSeconds = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public static async Task RunAsync(Report report)
    {
        Report.Progress("restore: a database of 1 GB, its backup, and restores of it");
        await using var installation = new LocalInstallation();
        var backend = installation.Backend;
        var spec = ClusterSpecs.Small(DatabaseId.New(TimeProvider.System.GetUtcNow())) with { Backups = new BackupSpec(7), MemoryGib = 4 };
        await backend.ApplyAsync(spec, default);
        var endpoint = (await backend.WaitForAsync(spec.Id, ClusterPhase.Ready)).Endpoint!;
        await PgbenchAsync(endpoint, "-i", "-q", "-s", $"{Scale}");

        var alone = await TransactionsAsync(endpoint);
        await backend.BackUpAsync(spec.Id, new BackupRequest("bench", BackupType.Full), default);
        var during = await TransactionsAsync(endpoint);
        await UntilBackedUpAsync(backend, spec.Id, "bench");
        report.AtLeast("pgbench while its database is backed up / alone", during / alone, 0.3, "", $"({during:0}/s against {alone:0}/s)");

        var ours = new List<double>();
        var byHand = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            byHand.Add(await ByHandAsync(installation, spec.Id));
            ours.Add(await RestoreAsync(backend, spec));
        }

        var (one, other) = (Percentiles.Of(ours, 50), Percentiles.Of(byHand, 50));
        report.AtMost("restore of 1 GB to its first query / by hand", one / other, 1.5, "", $"({one / 1000:0.0} s against {other / 1000:0.0} s)");
    }

    private static async Task<double> RestoreAsync(LocalPostgresBackend backend, ClusterSpec source)
    {
        var latest = (await backend.ObserveAsync(source.Id, default)).Backups!.LatestRestoreAt!.Value;
        var id = DatabaseId.New(TimeProvider.System.GetUtcNow());
        var begun = Stopwatch.GetTimestamp();
        await backend.ApplyAsync(source with { Id = id, Recovery = new RecoverySource(source.Id, latest) }, default);
        var endpoint = (await WaitAsync(backend, id, seen => seen.Phase is ClusterPhase.Ready or ClusterPhase.Failed)).Endpoint
            ?? throw new InvalidOperationException($"{(await backend.ObserveAsync(id, default)).Reason}");
        await using (var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = endpoint.Host,
            Port = endpoint.Port,
            Database = ClusterEndpoint.Database,
            Username = ClusterEndpoint.User,
            Password = await File.ReadAllTextAsync(Path.Combine(endpoint.Credentials.Path!, "password")),
            SslMode = SslMode.VerifyFull,
            RootCertificate = endpoint.Ca.Path,
            Pooling = false,
        }.ConnectionString))
        {
            await session.OpenAsync();
            await using var query = new NpgsqlCommand("SELECT count(*) FROM pgbench_branches", session);
            await query.ExecuteScalarAsync();
        }

        var took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        await backend.DestroyAsync(id, keepBackups: false, default);
        await WaitAsync(backend, id, seen => seen.Phase == ClusterPhase.Absent);
        return took;
    }

    private static async Task<double> ByHandAsync(LocalInstallation installation, DatabaseId source)
    {
        var tools = installation.Services.GetRequiredService<ToolRunner>();
        var files = installation.Services.GetRequiredService<OwnedFiles>();
        var postgres = (await installation.Services.GetRequiredService<PostgresInstallations>().ListAsync(default))[0];
        var parent = Path.Combine(installation.ToolsDirectory, "scratch", "by-hand");
        var pgdata = Path.Combine(parent, "pgdata");
        files.MakeDirectory(parent, FileModes.PrivateDirectory, FileOwner.Tools);
        files.MakeDirectory(pgdata, FileModes.PrivateDirectory, FileOwner.Tools);
        var settings = Path.Combine(installation.ToolsDirectory, "pgbackrest", source.Value, "pgbackrest.conf");
        var sockets = Path.Combine(installation.ToolsDirectory, "sockets");
        var begun = Stopwatch.GetTimestamp();
        await tools.RunAsync("pgbackrest", [$"--config={settings}", $"--stanza={source}", $"--pg1-path={pgdata}", "restore"], default);
        await tools.RunAsync(
            postgres.Tool("pg_ctl"),
            ["start", "-w", "-s", "-D", pgdata, "-l", Path.Combine(parent, "log"), "-o", $"-c listen_addresses= -c unix_socket_directories={sockets} -c port=3 -c archive_mode=off -c hot_standby=off -c logging_collector=off"],
            default);
        while ((await tools.TryAsync("psql", ["-X", "-h", sockets, "-p", "3", "-U", "postgres", "-c", "SELECT count(*) FROM pgbench_branches", "app"], default)).ExitCode != 0) await Task.Yield();
        var took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        await tools.RunAsync(postgres.Tool("pg_ctl"), ["stop", "-m", "immediate", "-s", "-D", pgdata], default);
        Directory.Delete(parent, recursive: true);
        return took;
    }

    private static async Task UntilBackedUpAsync(LocalPostgresBackend backend, DatabaseId id, string request)
    {
        var seen = await WaitAsync(backend, id, seen => seen.Backups?.LastEnded == request);
        if (seen.Backups!.LastFailure is { } failure) throw new InvalidOperationException(failure.Message);
    }

    private static async Task<ClusterObservation> WaitAsync(LocalPostgresBackend backend, DatabaseId id, Func<ClusterObservation, bool> wanted)
    {
        using var timeout = new CancellationTokenSource(Patience);
        await foreach (var changed in backend.WatchAsync(timeout.Token))
        {
            if (changed == id && await backend.ObserveAsync(id, timeout.Token) is var seen && wanted(seen)) return seen;
            if (await backend.ObserveAsync(id, timeout.Token) is { Phase: ClusterPhase.Absent } gone && wanted(gone)) return gone;
        }

        throw new TimeoutException($"{id}");
    }

    private static async Task<double> TransactionsAsync(ClusterEndpoint endpoint)
    {
        var said = await PgbenchAsync(endpoint, "-n", "-c", "4", "-T", $"{PgbenchSeconds}");
        var line = said.Split('\n').First(line => line.StartsWith("tps = ", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
    }

    private static async Task<string> PgbenchAsync(ClusterEndpoint endpoint, params string[] arguments)
    {
        var place = $"host={endpoint.Host} port={endpoint.Port} dbname={ClusterEndpoint.Database} user={ClusterEndpoint.User} sslmode=verify-full sslrootcert={endpoint.Ca.Path}";
        var start = new ProcessStartInfo(Path.Combine(Tools.Directory, "pgbench"), [.. arguments, place]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PGPASSFILE"] = Path.Combine(endpoint.Credentials.Path!, "pgpass");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(await errors);
    }
}
