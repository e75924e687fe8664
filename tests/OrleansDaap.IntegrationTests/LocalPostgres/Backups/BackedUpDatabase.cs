using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrleansDaap.Common;
using OrleansDaap.LocalPostgres.Clusters;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

/// <summary>A database with backups, and what tests ask of those.</summary>
internal sealed class BackedUpDatabase(LocalInstallation installation, TestDatabase database)
{
    public TestDatabase Database => database;

    public DatabaseId Id => database.Id;

    public string Repository => Path.Combine(installation.ToolsDirectory, "backups");

    /// <summary>Where the platform reaches it.</summary>
    public PostgresPlace Place => new(
        database.Pgdata, "", "", installation.Services.GetRequiredService<DataDirectory>().Sockets, database.Endpoint.Port, []);

    public string Passphrase => Path.Combine(installation.DataDirectory, "passphrases", Id.Value);

    public string Scratch => Path.Combine(installation.ToolsDirectory, "scratch", Id.Value);

    public static async Task<BackedUpDatabase> CreateAsync(LocalInstallation installation) =>
        new(installation, await TestDatabase.CreateAsync(installation, spec => spec with { Backups = new BackupSpec(7) }));

    /// <summary>Returns what is seen when it has ended, well or not.</summary>
    public async Task<BackupObservation> TryBackUpAsync(string request, BackupType type = BackupType.Full)
    {
        await installation.Backend.BackUpAsync(Id, new BackupRequest(request, type), default);
        return await EndedAsync(request);
    }

    public async Task<BackupObservation> EndedAsync(string request) =>
        (await installation.Backend.WaitForAsync(Id, seen => seen.Backups is { } backups && backups.LastEnded == request && backups.Running != request)).Backups!;

    public async Task<BackupObservation> BackUpAsync(string request, BackupType type = BackupType.Full)
    {
        var seen = await TryBackUpAsync(request, type);
        Assert.Null(seen.LastFailure);
        return seen;
    }

    public async Task<DrillResult> DrillAsync(string drill)
    {
        await installation.Backend.DrillAsync(Id, drill, default);
        return (await installation.Backend.WaitForAsync(Id, seen => seen.Backups?.LastDrill?.Id == drill)).Backups!.LastDrill!;
    }

    /// <summary>Microseconds apart: row <c>n</c> of <c>written</c> committed before moment <c>n</c>, and row <c>n + 1</c> after it.</summary>
    public async Task WriteAsync(int rows)
    {
        await database.AskAsync("CREATE TABLE IF NOT EXISTS written (n int); CREATE TABLE IF NOT EXISTS moment (n int, at timestamptz)");
        await database.AskAsync(
            $"""
            DO $$
            DECLARE first int := (SELECT count(*) FROM written); moment timestamptz;
            BEGIN
              FOR n IN first + 1 .. first + {rows} LOOP
                INSERT INTO written VALUES (n); COMMIT;
                moment := clock_timestamp();
                INSERT INTO moment VALUES (n, moment); COMMIT;
              END LOOP;
            END $$
            """);
    }

    public async Task<DateTimeOffset> MomentAsync(int row) => DateTimeOffset.Parse(
        await database.AskAsync($"SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM moment WHERE n = {row}"), CultureInfo.InvariantCulture);

    public TestDatabase Restored(DateTimeOffset target) => TestDatabase.New(
        installation, spec => spec with { Recovery = new RecoverySource(Id, target), Backups = new BackupSpec(7) });

    public async Task<TestDatabase> RestoreAsync(DateTimeOffset target)
    {
        var restored = Restored(target);
        await restored.ReadyAsync();
        return restored;
    }

    /// <summary>Runs a statement as PostgreSQL's superuser.</summary>
    public async Task CommandAsync(string statement)
    {
        var record = installation.Services.GetRequiredService<ClusterStore>().Read(Id)!;
        await using var connection = await PlatformConnection.OpenAsync(installation.Services.GetRequiredService<ClusterPlaces>().Postgres(record, []), default);
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>PostgreSQL's own archiving fails from now on, or does not any more; the repository is as well as before.</summary>
    public async Task FailArchiverAsync(bool fail)
    {
        await CommandAsync(fail ? "ALTER SYSTEM SET archive_command = 'false'" : "ALTER SYSTEM RESET archive_command");
        await CommandAsync("SELECT pg_reload_conf()");
    }

    /// <summary>Breaks it for good.</summary>
    /// <param name="wholly">Nobody can tell any more whose changes there are, either.</param>
    public async Task BreakAsync(bool wholly)
    {
        await Database.KillAsync();
        if (wholly)
        {
            using var file = new FileStream(Path.Combine(Database.Pgdata, "global", "pg_control"), FileMode.Open);
            file.SetLength(100);
        }
        else
        {
            Directory.Delete(Path.Combine(Database.Pgdata, "pg_xact"), recursive: true);
        }

        await installation.Backend.WaitForAsync(Id, ClusterPhase.Stopped);
        Assert.Equal(ClusterPhase.Failed, (await Database.FailsAsync()).Phase);
    }

    /// <summary>Stops it, changes its files in a way that no backup can know of, and starts it again.</summary>
    public async Task ChangeFilesAsync(Func<Task> change)
    {
        await installation.Backend.ApplyAsync(database.Spec with { Generation = database.Spec.Generation + 1, Frozen = true }, default);
        await installation.Backend.WaitForAsync(Id, ClusterPhase.Stopped, database.Spec.Generation + 1);
        await change();
        await database.ReadyAsync(database.Spec with { Generation = database.Spec.Generation + 2 });
    }

    /// <summary>Puts some bytes in the place of others of the same number, where they are first found.</summary>
    public async Task ReplaceAsync(string file, byte[] before, byte[] after)
    {
        var path = Path.Combine(database.Pgdata, file);
        var bytes = await File.ReadAllBytesAsync(path);
        var at = bytes.AsSpan().IndexOf(before);
        Assert.True(at >= 0, $"{file} has no such bytes.");
        after.CopyTo(bytes, at);
        await File.WriteAllBytesAsync(path, bytes);
    }

    public async Task<ClusterObservation> SeenAsync() => await installation.Backend.ObserveAsync(Id, default);

    /// <summary>Waits for pgBackRest to do that for this database, and kills it.</summary>
    public async Task KillAsync(string command)
    {
        foreach (var pid in await ProcessesAsync(command)) Posix.Signal(pid, Posix.Kill);
    }

    public async Task<IReadOnlyList<int>> ProcessesAsync(string command)
    {
        var settings = Path.Combine(installation.ToolsDirectory, "pgbackrest", Id.Value, "pgbackrest.conf");
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (ProcessTable.FindWithArguments("pgbackrest", settings, $"--config={settings}", command) is { Count: > 0 } found) return found;
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
