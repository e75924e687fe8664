using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Postgres;
using OrleansDaap.LocalPostgres.Processes;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.LocalPostgres;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Xunit;
using Xunit;

namespace OrleansDaap.IntegrationTests.LocalPostgres.Backups;

[RequiresLocalPostgres]
public sealed class DrillTests(LocalInstallation installation) : IClassFixture<LocalInstallation>
{
    [DependentFact]
    public async Task A_drill_passes_while_its_source_is_written_to_and_leaves_nothing()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.WriteAsync(10);
        await database.Database.AskAsync("CREATE TABLE still (word text); INSERT INTO still VALUES ('calm')");
        await database.BackUpAsync("bk-1");
        var drill = database.DrillAsync("drill-1");
        while (!drill.IsCompleted) await database.WriteAsync(50);
        var result = await drill;

        Assert.Null(result.Failure);
        Assert.True(result.RecoveryTime > TimeSpan.Zero);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(installation.ToolsDirectory, "scratch")));
        Assert.Contains(installation.Logs.Messages, said => said.Contains("drill-1", StringComparison.Ordinal) && said.Contains("its files are in order", StringComparison.Ordinal));
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_drill_finds_what_is_not_as_it_is_at_its_source()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.Database.AskAsync("CREATE TABLE word (said text); INSERT INTO word VALUES ('aardvark-was-here')");
        await database.BackUpAsync("bk-1");
        Assert.Null((await database.DrillAsync("drill-1")).Failure);

        var file = await database.Database.AskAsync("SELECT pg_relation_filepath('word')");
        await database.ChangeFilesAsync(async () =>
        {
            await database.ReplaceAsync(file, "aardvark"u8.ToArray(), "aardwolf"u8.ToArray());
            await ReviseChecksumsAsync(database.Database.Pgdata);
        });
        Assert.Equal("aardwolf-was-here", await database.Database.AskAsync("TABLE word"));

        var result = await database.DrillAsync("drill-2");
        Assert.Equal("drill-differs", result.Failure?.Code);
        Assert.Contains("public.word", result.Failure!.Message, StringComparison.Ordinal);
        Assert.Null(result.ProvenAt);
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_drill_compares_every_database_and_how_far_each_sequence_is()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await using (var platform = await PlatformConnection.OpenAsync(database.Place, default))
        {
            await using var create = new NpgsqlCommand("CREATE DATABASE reports", platform);
            await create.ExecuteNonQueryAsync();
        }

        await using var reports = await PlatformConnection.OpenAsync(database.Place, default, "reports");
        await using (var fill = new NpgsqlCommand("CREATE TABLE public.report (said text); INSERT INTO public.report VALUES ('aardvark-was-here')", reports)) await fill.ExecuteNonQueryAsync();
        var file = (string)(await new NpgsqlCommand("SELECT pg_relation_filepath('public.report')", reports).ExecuteScalarAsync())!;
        await reports.CloseAsync();
        await database.Database.AskAsync(
            """
            CREATE SEQUENCE fresh; CREATE SEQUENCE used; CREATE SEQUENCE down INCREMENT -3; CREATE SEQUENCE cached CACHE 7; CREATE SEQUENCE reset;
            CREATE SEQUENCE "Last One" MAXVALUE 40; CREATE SEQUENCE round MAXVALUE 3 CYCLE; CREATE UNLOGGED SEQUENCE unlogged; CREATE SEQUENCE far;
            CREATE TABLE numbered (n int GENERATED ALWAYS AS IDENTITY, said text);
            INSERT INTO numbered (said) SELECT 'x' FROM generate_series(1, 50);
            SELECT nextval('used'), nextval('down'), nextval('cached'), nextval('round'), nextval('unlogged') FROM generate_series(1, 5);
            SELECT nextval('"Last One"') FROM generate_series(1, 39); SELECT nextval('reset') FROM generate_series(1, 40); SELECT setval('reset', 7, false), setval('far', 1234567890123)
            """);
        await database.BackUpAsync("bk-1");
        await database.Database.AskAsync("SELECT nextval('used'), nextval('down'), nextval('cached'), nextval('\"Last One\"')");
        await DrillWhileMovingAsync();
        // The nine of this database but for the one that goes round and the one that nothing is logged of.
        Assert.Contains(installation.Logs.Messages, said => said.Contains("drill-1", StringComparison.Ordinal)
            && said.Contains("of 4 databases 2 tables and 8 sequences compared, 0 were busy", StringComparison.Ordinal));

        var sequence = await database.Database.AskAsync("SELECT pg_relation_filepath('far')");
        await database.ChangeFilesAsync(async () =>
        {
            await database.ReplaceAsync(file, "aardvark"u8.ToArray(), "aardwolf"u8.ToArray());
            await database.ReplaceAsync(sequence, BitConverter.GetBytes(1234567890123), BitConverter.GetBytes(1234567890124));
            await ReviseChecksumsAsync(database.Database.Pgdata);
        });
        var failure = (await database.DrillAsync("drill-3")).Failure;
        Assert.Equal("drill-differs", failure?.Code);
        Assert.Contains("table public.report (1 rows at its source, 1 rows restored)", failure!.Message, StringComparison.Ordinal);
        Assert.Contains("sequence public.far (past 1234567890124 at its source, past 1234567890123 restored)", failure.Message, StringComparison.Ordinal);
        await database.Database.DestroyAsync();

        // Sequences move on while nobody commits, and are set back too.
        async Task DrillWhileMovingAsync()
        {
            Assert.Null((await database.DrillAsync("drill-1")).Failure);
            var drill = database.DrillAsync("drill-2");
            while (!drill.IsCompleted)
                await database.Database.AskAsync("SELECT nextval('used'), nextval('cached'), nextval('round'), setval('reset', 1 + nextval('down') % 5 + 5) FROM generate_series(1, 1000)");
            Assert.Null((await drill).Failure);
        }
    }

    [DependentFact]
    public async Task Wrong_pages_of_a_source_are_told_and_fail_neither_its_backups_nor_the_drill_of_a_good_one()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.Database.AskAsync("CREATE TABLE word (said text); INSERT INTO word VALUES ('aardvark-was-here'); CREATE TABLE other AS SELECT 1 AS one");
        await database.BackUpAsync("bk-1");
        var file = await database.Database.AskAsync("SELECT pg_relation_filepath('word')");
        await database.ChangeFilesAsync(() => database.ReplaceAsync(file, "aardvark"u8.ToArray(), "aardwolf"u8.ToArray()));
        var drill = await database.DrillAsync("drill-1");
        Assert.Null(drill.Failure);
        Assert.NotNull(drill.ProvenAt);
        Assert.Equal("source-unreadable", drill.Warning?.Code);
        Assert.Contains("public.word", drill.Warning!.Message, StringComparison.Ordinal);

        // It is a backup nevertheless, and the incremental one after it builds on the same pages.
        await database.BackUpAsync("bk-2");
        Assert.Equal("page-checksums-wrong", (await database.SeenAsync()).Reason?.Code);
        Assert.Null((await database.BackUpAsync("bk-3", BackupType.Incremental)).LastFailure);
        Assert.Equal("page-checksums-wrong", (await database.SeenAsync()).Reason?.Code);
        Assert.Equal([null, false, true], (await installation.Backend.ListBackupsAsync(database.Id, default)).Select(backup => backup.Id == "bk-3" ? null : backup.ChecksumsVerified));

        await database.Database.AskAsync("TRUNCATE word");
        await database.BackUpAsync("bk-4");
        Assert.Null((await database.SeenAsync()).Reason);
        Assert.Null((await database.DrillAsync("drill-2")).Warning);
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_drill_whose_PostgreSQL_is_killed_leaves_nothing_and_the_next_one_passes()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        var drill = database.DrillAsync("drill-1");
        var pidFile = Path.Combine(database.Scratch, "pgdata", "postmaster.pid");
        while (PostmasterPidFile.Read(Path.GetDirectoryName(pidFile)!) is null) await Task.Yield();
        Posix.Signal(PostmasterPidFile.Read(Path.GetDirectoryName(pidFile)!)!.Pid, Posix.Kill);
        var result = await drill;

        Assert.NotNull(result.Failure);
        Assert.Null(result.ProvenAt);
        AssertNothingOf(database);
        Assert.Null((await database.DrillAsync("drill-2")).Failure);
        AssertNothingOf(database);
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task What_cannot_be_swept_keeps_nothing_else_from_it()
    {
        var broken = await BackedUpDatabase.CreateAsync(installation);
        var other = await BackedUpDatabase.CreateAsync(installation);
        await installation.RestartServerAsync();
        // As no killed server leaves it: a directory where there should be a file.
        Directory.CreateDirectory(Path.Combine(broken.Scratch, "pgdata", "postmaster.pid"));
        Directory.CreateDirectory(Path.Combine(other.Scratch, "pgdata"));
        Assert.Equal(ClusterPhase.Ready, (await other.SeenAsync()).Phase);
        Assert.False(Directory.Exists(other.Scratch));

        // Whichever of the two is looked at first.
        foreach (var (one, next) in new[] { (broken, other), (other, broken) })
        {
            var pidFile = Path.Combine(one.Database.Pgdata, "postmaster.pid");
            File.Move(pidFile, pidFile + ".away");
            Directory.CreateDirectory(pidFile);
            await next.Database.KillAsync();
            await installation.Backend.WaitForAsync(next.Id, ClusterPhase.Stopped);
            Directory.Delete(pidFile);
            File.Move(pidFile + ".away", pidFile);
            await next.Database.ReadyAsync();
        }

        Directory.Delete(broken.Scratch, recursive: true);
        await broken.Database.DestroyAsync();
        await other.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task The_backups_of_a_frozen_database_are_drilled_too()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.BackUpAsync("bk-1");
        await database.WriteAsync(3);
        await installation.Backend.ApplyAsync(database.Database.Spec with { Generation = 2, Frozen = true }, default);
        var frozen = await installation.Backend.WaitForAsync(database.Id, ClusterPhase.Stopped, 2);
        var result = await database.DrillAsync("drill-1");

        Assert.Null(result.Failure);
        Assert.Equal(frozen.Backups!.LatestRestoreAt, result.ProvenAt);
        await database.Database.DestroyAsync();
    }

    [DependentFact]
    public async Task A_drill_passes_whatever_names_and_settings_the_owner_has_chosen()
    {
        var database = await BackedUpDatabase.CreateAsync(installation);
        await database.Database.AskAsync("CREATE TABLE odd (\"row\" text, other int); INSERT INTO odd SELECT repeat('x', 1000), n FROM generate_series(1, 20000) n");
        foreach (var setting in new[] { "lock_timeout = 1", "idle_in_transaction_session_timeout = 1", "default_transaction_read_only = on", "statement_timeout = 1" })
            await database.Database.AskAsync($"BEGIN READ WRITE; ALTER DATABASE app SET {setting}; COMMIT");
        await database.BackUpAsync("bk-1");

        Assert.Null((await database.DrillAsync("drill-1")).Failure);
        await database.Database.DestroyAsync();
    }

    private static void AssertNothingOf(BackedUpDatabase database)
    {
        Assert.False(Directory.Exists(database.Scratch));
        var pgdata = Path.Combine(database.Scratch, "pgdata");
        Assert.Empty(ProcessTable.FindIn(pgdata, "postgres", $"postgres: {PostgresSettings.ClusterName(pgdata)}: "));
        Assert.False(File.Exists(Path.Combine(database.Place.Sockets, ".s.PGSQL.2")));
    }

    private async Task ReviseChecksumsAsync(string pgdata)
    {
        var major = (await File.ReadAllTextAsync(Path.Combine(pgdata, "PG_VERSION"))).Trim();
        var programs = await installation.Services.GetRequiredService<PostgresInstallations>().FindAsync(int.Parse(major, CultureInfo.InvariantCulture), default);
        var tools = installation.Services.GetRequiredService<ToolRunner>();
        foreach (var change in new[] { "--disable", "--enable" }) await tools.RunAsync(programs.Tool("pg_checksums"), [change, "-D", pgdata], default);
    }
}
