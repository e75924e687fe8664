using Npgsql;
using OrleansDaap.Drills;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.IntegrationTests.Drills;

/// <summary>Real recovery of a real backup, up to the transaction that a sample names, while clients go on writing.</summary>
public sealed class TransactionPointTests
{
    private const int Tables = 10;
    private const int Writers = 4;

    [PostgresFact]
    public async Task Recovery_to_a_samples_transaction_brings_what_the_sample_has_and_what_came_later_is_not_in_it()
    {
        await using var source = await TestPostgres.StartAsync();
        var archive = Directory.CreateTempSubdirectory("daap-");
        File.SetUnixFileMode(archive.FullName, (UnixFileMode)0x1ff);
        try
        {
            await PrepareAsync(source, archive.FullName);
            await using var restored = await source.BackUpAsync();
            var sample = await SampleAmongWritersAsync(source);
            await ArchiveAsync(source);

            await restored.RecoverAsync(
                "-c", $"restore_command=cp {archive.FullName}/%f %p", "-c", $"recovery_target_xid={sample.Point}", "-c", "recovery_target_action=promote", "-c", "archive_mode=off");
            Assert.Null(await Comparison.FindDifferenceAsync(Into(restored, "postgres"), sample, default));
            Assert.Null(await FileCheck.FindCorruptionAsync(Into(restored, "postgres"), ["app"], default));
            Assert.Contains("table public.t", await Comparison.FindDifferenceAsync(Into(source, "postgres"), sample, default), StringComparison.Ordinal);
        }
        finally
        {
            archive.Delete(recursive: true);
        }
    }

    private static async Task PrepareAsync(TestPostgres source, string archive)
    {
        await ExecuteAsync(source, "postgres", "postgres", "CREATE ROLE app LOGIN", "CREATE DATABASE app OWNER app",
            "ALTER SYSTEM SET archive_mode = on", $"ALTER SYSTEM SET archive_command = 'cp %p {archive}/%f'");
        for (var i = 0; i < Tables; i++) await ExecuteAsync(source, "app", "app", $"CREATE TABLE t{i} AS SELECT n, 0 AS turn FROM generate_series(1, 100) n");
        await source.KillAsync();
        await source.RestartAsync();
    }

    /// <summary>A table that is being written to is left out: with some luck one is not, and else the next sample has more.</summary>
    private static async Task<SourceSample> SampleAmongWritersAsync(TestPostgres source)
    {
        using var enough = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(source, writer, enough.Token)).ToArray();
        try
        {
            SourceSample sample;
            do sample = await Sampler.TakeAsync(Into(source, "app"), Points.Transaction(Into(source, "app")), default);
            while (sample.Databases.Single(one => one.Name == "app").Tables.Count < Tables / 2);

            // Each table is written to again before the end.
            for (var i = 0; i < Tables; i++) await ExecuteAsync(source, "app", "app", $"INSERT INTO t{i} VALUES (-1, -1)");
            return sample;
        }
        finally
        {
            await enough.CancelAsync();
            await Task.WhenAll(writers);
        }
    }

    private static async Task WriteAsync(TestPostgres source, int writer, CancellationToken enough)
    {
        await using var connection = await OpenAsync(source, "app", "app", default);
        for (var turn = 0; !enough.IsCancellationRequested; turn++)
        {
            await using var command = new NpgsqlCommand($"INSERT INTO t{(writer + turn) % Tables} VALUES ({writer}, {turn})", connection);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static async Task ArchiveAsync(TestPostgres source)
    {
        await using var connection = await OpenAsync(source, "postgres", "postgres", default);
        await using var end = new NpgsqlCommand("SELECT pg_walfile_name(pg_switch_wal())", connection);
        var wal = (string)(await end.ExecuteScalarAsync())!;
        await using var archived = new NpgsqlCommand($"SELECT coalesce(last_archived_wal >= '{wal}', false) FROM pg_stat_archiver", connection);
        while (await archived.ExecuteScalarAsync() is not true) await Task.Yield();
    }

    private static async Task ExecuteAsync(TestPostgres postgres, string user, string database, params string[] statements)
    {
        await using var connection = await OpenAsync(postgres, user, database, default);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static OpenDatabase Into(TestPostgres postgres, string user) => (name, cancellationToken) => OpenAsync(postgres, user, name, cancellationToken);

    private static async Task<NpgsqlConnection> OpenAsync(TestPostgres postgres, string user, string database, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(postgres.ConnectionString(database)) { Username = user, Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
