using Microsoft.Extensions.Logging.Abstractions;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.Migrations;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

public sealed class MigrationTests(PostgresFixture postgres) : StorageTest(postgres)
{
    private readonly PostgresFixture _postgres = postgres;

    [PostgresFact]
    public async Task Migrating_again_changes_nothing()
    {
        var before = await Store.SqlAsync("SELECT string_agg(name || applied_at, ',') FROM schema_migrations");
        await MigrateAsync(ConnectionString, Migration.All);
        Assert.Equal(before, await Store.SqlAsync("SELECT string_agg(name || applied_at, ',') FROM schema_migrations"));
    }

    [PostgresFact]
    public async Task Starters_that_come_together_take_turns()
    {
        var fresh = await _postgres.Server.CreateDatabaseAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigrateAsync(fresh, Migration.All)));
        await using var store = await TestStore.OpenAsync(fresh);
        Assert.Equal($"{Migration.All.Count}", await store.SqlAsync("SELECT count(*) FROM schema_migrations"));
    }

    [PostgresFact]
    public async Task A_changed_migration_stops_the_start()
    {
        Migration[] changed = [Migration.All[0] with { Sql = "SELECT 1" }, .. Migration.All.Skip(1)];
        var mismatch = await Assert.ThrowsAsync<SchemaMismatchException>(() => MigrateAsync(ConnectionString, changed));
        Assert.Contains("0001_grain_state", mismatch.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_database_newer_than_the_server_stops_the_start()
    {
        await MigrateAsync(ConnectionString, [.. Migration.All, new Migration("9000_later", "SELECT 1")]);
        var mismatch = await Assert.ThrowsAsync<SchemaMismatchException>(() => MigrateAsync(ConnectionString, Migration.All));
        Assert.Contains("9000_later", mismatch.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_migration_that_fails_leaves_nothing_and_can_be_tried_again()
    {
        Migration[] broken = [.. Migration.All, new Migration("9000_later", "CREATE TABLE later (); SELECT 1 / 0")];
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => MigrateAsync(ConnectionString, broken));
        await MigrateAsync(ConnectionString, [.. Migration.All, new Migration("9000_later", "CREATE TABLE later ()")]);
    }

    [PostgresFact]
    public void Line_ends_do_not_count() =>
        Assert.Equal(new Migration("a", "SELECT 1;\r\nSELECT 2").Checksum, new Migration("a", "SELECT 1;\nSELECT 2").Checksum);

    private static async Task MigrateAsync(string connectionString, IReadOnlyList<Migration> migrations)
    {
        await using var database = new PlatformDatabase(() => connectionString);
        await new Migrator(database, migrations, TimeProvider.System, NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);
    }
}
