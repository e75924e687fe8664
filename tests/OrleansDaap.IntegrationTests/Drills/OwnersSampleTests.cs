using Npgsql;
using OrleansDaap.Drills;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.IntegrationTests.Drills;

/// <summary>A sample that is taken as a database's owner, who is no superuser, held against what a superuser reads.</summary>
public sealed class OwnersSampleTests : IAsyncLifetime
{
    private TestPostgres? _postgres;
    private string _connection = "";

    private OpenDatabase Owner => (name, cancellationToken) => OpenAsync(name, "app", cancellationToken);

    private OpenDatabase Superuser => (name, cancellationToken) => OpenAsync(name, "postgres", cancellationToken);

    public async Task InitializeAsync()
    {
        if (TestPostgres.SkipReason is not null) return;
        _postgres = await TestPostgres.StartAsync();
        _connection = await _postgres.CreateDatabaseAsync();
        await ExecuteAsync("postgres", "postgres", "CREATE ROLE app LOGIN");
        await ExecuteAsync("postgres", "postgres", "CREATE DATABASE app OWNER app");
        await ExecuteAsync("postgres", "app", "CREATE SCHEMA platform", "CREATE TABLE platform.secret AS SELECT 1 AS n");
        await ExecuteAsync(
            "app", "app", "CREATE SCHEMA shop", "CREATE TABLE shop.orders AS SELECT n, 'order ' || n AS text FROM generate_series(1, 5000) n",
            "CREATE SEQUENCE shop.numbers", "SELECT nextval('shop.numbers')",
            "CREATE TABLE shop.hidden AS SELECT 1 AS n", "ALTER TABLE shop.hidden ENABLE ROW LEVEL SECURITY", "ALTER TABLE shop.hidden FORCE ROW LEVEL SECURITY");
    }

    public async Task DisposeAsync()
    {
        if (_postgres is not null) await _postgres.DisposeAsync();
    }

    [PostgresFact]
    public async Task It_has_the_owners_tables_and_sequences_and_what_everybody_may_read_of_the_catalogs()
    {
        var sample = await Sampler.TakeAsync(Owner, Points.Transaction(Owner), default);
        var app = sample.Databases.Single(one => one.Name == "app");

        Assert.Equal("shop.orders", Assert.Single(app.Tables).Key.Name);
        Assert.Equal(5000, app.Tables.Single().Value.Rows);
        Assert.Equal(["shop.numbers"], app.Sequences.Keys);
        Assert.Contains("pg_class", app.Catalogs.Keys);
        Assert.DoesNotContain("pg_authid", app.Catalogs.Keys);
        Assert.Empty(app.Unreadable);
    }

    [PostgresFact]
    public async Task Its_point_is_a_transaction_that_is_committed()
    {
        var sample = await Sampler.TakeAsync(Owner, Points.Transaction(Owner), default);

        Assert.Equal("committed", await AskAsync($"SELECT pg_xact_status('{sample.Point}'::xid8)"));
    }

    [PostgresFact]
    public async Task What_is_the_same_differs_in_nothing_and_a_row_that_was_changed_is_found()
    {
        var sample = await Sampler.TakeAsync(Owner, Points.Transaction(Owner), default);
        Assert.Null(await Comparison.FindDifferenceAsync(Superuser, sample, default));

        await ExecuteAsync("app", "app", "UPDATE shop.orders SET text = 'another' WHERE n = 4321");
        Assert.Contains("table shop.orders (5000 rows at its source, 5000 rows restored)", await Comparison.FindDifferenceAsync(Superuser, sample, default), StringComparison.Ordinal);
        await ExecuteAsync("app", "app", "CREATE TABLE shop.more (n int)");
        Assert.Contains("catalog pg_class of app", await Comparison.FindDifferenceAsync(Superuser, sample, default), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Files_that_are_in_order_are_found_so_and_a_page_that_is_not_is_named()
    {
        Assert.Null(await FileCheck.FindCorruptionAsync(Superuser, ["app", "postgres"], default));

        // The first row's pointer leads out of its page.
        await ExecuteAsync("postgres", "app", "CREATE TABLE shop.broken AS SELECT 1 AS n", "CHECKPOINT");
        var path = await AskAsync("SELECT current_setting('data_directory') || '/' || pg_relation_filepath('shop.broken')");
        await BreakAsync(path!);
        Assert.Contains("shop.broken", await FileCheck.FindCorruptionAsync(Superuser, ["app"], default), StringComparison.Ordinal);
    }

    private async Task BreakAsync(string path)
    {
        await _postgres!.KillAsync();
        await using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Position = 24;
            await file.WriteAsync(new byte[] { 0xff, 0xff });
        }

        await _postgres.RestartAsync();
    }

    private async Task<string?> AskAsync(string query)
    {
        await using var connection = await OpenAsync("app", "postgres", default);
        await using var command = new NpgsqlCommand(query, connection);
        return (string?)await command.ExecuteScalarAsync();
    }

    private async Task ExecuteAsync(string user, string database, params string[] statements)
    {
        await using var connection = await OpenAsync(database, user, default);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    private async Task<NpgsqlConnection> OpenAsync(string database, string user, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_connection) { Database = database, Username = user, Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }
}
