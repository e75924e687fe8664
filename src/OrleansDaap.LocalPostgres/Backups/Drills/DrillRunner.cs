using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansDaap.Common;
using OrleansDaap.Drills;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Backups.Drills;

/// <summary>
/// Restores the newest backup to a scratch cluster, one at a time, sees whether it is what its source is, and throws it away whatever comes
/// of it. The scratch cluster listens on a Unix socket only, and archives nothing.
/// </summary>
internal sealed class DrillRunner(
    DataDirectory data, ClusterPlaces clusters, ClusterStore store, BackupTools backups, SourceArchive archive, Recovery recovery, PostgresInstallations installations,
    ToolRunner tools, OwnedFiles files, TimeProvider time, ILogger<DrillRunner> logger) : IDisposable
{
    /// <summary>Names the socket; no port of TCP is taken.</summary>
    private const int SocketPort = 2;

    /// <summary>What pg_amcheck ends with when it found something.</summary>
    private const int CorruptionFound = 2;

    /// <summary>The class of PostgreSQL's errors that tell of its end, and of statements that were cancelled.</summary>
    private const string OperatorIntervention = "57";
    private const int MostNamed = 3;
    private static readonly TimeSpan CheckPatience = TimeSpan.FromMinutes(30);

    private readonly SemaphoreSlim _one = new(1, 1);

    public async Task<DrillResult> RunAsync(DatabaseId id, string drill, CancellationToken cancellationToken)
    {
        using var slot = await WorkSlot.TakeAsync(_one, cancellationToken);
        var place = Place(id);
        var run = new Run();
        StatusReason? failure = null;
        try
        {
            await RunAsync(id, place, run, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (PostgresException refused) when (!refused.IsTransient && !refused.SqlState.StartsWith(OperatorIntervention, StringComparison.Ordinal))
        {
            failure = Reason("drill-failed", $"PostgreSQL refused a statement of the drill: {refused.MessageText}");
        }
        catch (NpgsqlException lost)
        {
            failure = Reason("drill-interrupted", $"PostgreSQL went away during the drill: {lost.Message}");
        }
        catch (Exception known) when (Failures.Describe(known) is { } words)
        {
            failure = Reason(words.Code, words.Message);
        }
        catch (Exception unknown)
        {
            logger.BackupsBroke(unknown, id);
            failure = Reason("internal-error", "The drill met an error that the local backend has no words for; the server's log has it.");
        }
        finally
        {
            await RemoveAsync(id);
        }

        var compared = run.Sample?.Databases ?? [];
        if (failure is null)
        {
            logger.DrillPassed(
                id, drill, run.RecoveryTime!.Value, compared.Count, compared.Sum(one => one.Tables.Count), compared.Sum(one => one.Sequences.Count), compared.Sum(one => one.Busy), run.Files);
        }

        if (failure is null && run.Warning is { } warning) logger.DrillWarned(id, drill, warning.Code, warning.Message);
        if (failure is not null) logger.DrillFailed(id, drill, failure.Code, failure.Message);
        return new DrillResult
        {
            Id = drill,
            FinishedAt = time.GetUtcNow(),
            RecoveryTime = run.RecoveryTime,
            ProvenAt = failure is null ? run.ProvenAt : null,
            Failure = failure,
            Warning = failure is null ? run.Warning : null,
            Compared = run.Sample is not null,
        };
    }

    /// <summary>Removes what drills of a killed server left.</summary>
    public async Task SweepAsync()
    {
        foreach (var left in Directory.EnumerateDirectories(data.Scratch))
        {
            if (DatabaseId.TryParse(Path.GetFileName(left), out var id)) await RemoveAsync(id);
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task RunAsync(DatabaseId id, PostgresPlace place, Run run, CancellationToken cancellationToken)
    {
        backups.Settings.CheckPassphrase(id);
        var info = await backups.BackRest.InfoAsync(id, cancellationToken);
        if (info.Sets.Count == 0) throw new ClusterFailureException("no-backup", "There is no backup to restore yet.");
        var installation = await installations.FindAsync(info.PostgresMajor, cancellationToken);
        var sample = await SampleAsync(id, run, cancellationToken);
        await BringAsync(id, sample, cancellationToken);
        info = await backups.BackRest.InfoAsync(id, cancellationToken);
        var upTo = backups.ArchivedUpTo(id) is var archived && archived > info.Sets[^1].FinishedAt ? archived : info.Sets[^1].FinishedAt;
        (run.ProvenAt, run.Sample) = (sample?.At ?? upTo, sample);

        files.MakeDirectory(Path.GetDirectoryName(place.Pgdata)!, FileModes.PrivateDirectory, FileOwner.Tools);
        var begun = time.GetTimestamp();
        var target = sample is null ? RecoveryTarget.End : RecoveryTarget.Point(sample.Point);
        await recovery.RunAsync(id, info.Sets[^1], info.LastWal, target, installation, place, cancellationToken);
        await using (await DatabaseSampler.ConnectAsync(Into(place), ClusterEndpoint.Database, cancellationToken)) run.RecoveryTime = time.GetElapsedTime(begun);
        if (sample is not null && await Comparison.FindDifferenceAsync(Into(place), sample, cancellationToken) is { } difference)
            throw new ClusterFailureException("drill-differs", difference);
        run.Files = await CheckAsync(installation, place, cancellationToken);
    }

    // Null when the source does not run, or cannot even read its catalogs: then the restored cluster is only seen to work.
    private async Task<SourceSample?> SampleAsync(DatabaseId id, Run run, CancellationToken cancellationToken)
    {
        if (!PostgresServer.IsReady(clusters.Pgdata(id)) || store.Read(id) is not { } record) return null;
        try
        {
            var sample = await Sampler.TakeAsync(Into(clusters.Postgres(record, [])), Points.Named, cancellationToken);
            if (sample.Databases.SelectMany(database => database.Unreadable).ToArray() is { Length: > 0 } unreadable) run.Warning = Unreadable(string.Join(", ", unreadable.Take(MostNamed)));
            return sample;
        }
        catch (PostgresException broken) when (DatabaseSampler.IsBroken(broken))
        {
            run.Warning = Unreadable(broken.MessageText);
            return null;
        }
    }

    private StatusReason Unreadable(string what) =>
        Reason("source-unreadable", $"The backup restores, but the database itself could not read all of its own files: its disk is failing. {what}.");

    // Without a sample the drill proves what is archived, however far behind a source that died has left it.
    private async Task BringAsync(DatabaseId id, SourceSample? sample, CancellationToken cancellationToken)
    {
        try
        {
            await archive.BringAllAsync(id, cancellationToken);
        }
        catch (ClusterFailureException behind) when (sample is null && behind.Code == SourceArchive.Behind)
        {
        }
    }

    // What came of it, in words for the log.
    private async Task<string> CheckAsync(PostgresInstallation installation, PostgresPlace place, CancellationToken cancellationToken)
    {
        var program = installation.Tool("pg_amcheck");
        if (!File.Exists(program)) return "not checked, since pg_amcheck is not installed";
        var result = await tools.TryAsync(
            program,
            ["--host", place.Sockets, "--port", $"{place.Port}", "--username", TemplateRecipe.Superuser, "--no-password", "--install-missing", "--all"],
            cancellationToken,
            patience: CheckPatience);
        if (result.ExitCode == CorruptionFound)
            throw new ClusterFailureException("drill-corrupt", $"Restored, its files are not in order. {ToolRunner.Describe("pg_amcheck", result)}");
        return result.ExitCode == 0 ? "in order" : $"not checked: {ToolRunner.Describe("pg_amcheck", result)}";
    }

    // Not cut short by a server that stops: it is soon done, and would else be there until the next one.
    private async Task RemoveAsync(DatabaseId id)
    {
        try
        {
            await recovery.RemoveAsync(Place(id), CancellationToken.None);
            data.Remove(Path.Combine(data.Scratch, id.Value));
        }
        catch (Exception failure)
        {
            // It is swept another time, and others are swept nevertheless.
            logger.SweepFailed(failure);
        }
    }

    private static OpenDatabase Into(PostgresPlace place) => (name, cancellationToken) => PlatformConnection.OpenAsync(place, cancellationToken, name);

    private PostgresPlace Place(DatabaseId id)
    {
        var directory = Path.Combine(data.Scratch, id.Value);
        return new PostgresPlace(Path.Combine(directory, "pgdata"), Path.Combine(directory, "log"), "", data.Sockets, SocketPort, []);
    }

    private StatusReason Reason(string code, string message) => new(code, message, time.GetUtcNow());

    private sealed class Run
    {
        public TimeSpan? RecoveryTime { get; set; }

        public DateTimeOffset ProvenAt { get; set; }

        public SourceSample? Sample { get; set; }

        public StatusReason? Warning { get; set; }

        public string Files { get; set; } = "not checked";
    }
}
