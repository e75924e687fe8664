using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansDaap.Storage.Connections;

namespace OrleansDaap.Storage.Migrations;

/// <summary>Brings the schema up to this server's. Any number of starters may do so at once: they take turns.</summary>
internal sealed partial class Migrator(PlatformDatabase database, IReadOnlyList<Migration> migrations, TimeProvider time, ILogger<Migrator> log)
{
    /// <exception cref="SchemaMismatchException">An applied migration has changed, or the database is newer than this server.</exception>
    /// <exception cref="Common.StoreUnavailableException">PostgreSQL cannot be reached.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        try
        {
            await ExecuteAsync(connection, $"SELECT {AdvisoryLocks.Migrations("pg_advisory_lock")}", cancellationToken);
            try
            {
                await MigrateInTurnAsync(connection, cancellationToken);
            }
            finally
            {
                if (connection.FullState == System.Data.ConnectionState.Open)
                    await ExecuteAsync(connection, $"SELECT {AdvisoryLocks.Migrations("pg_advisory_unlock")}", CancellationToken.None);
            }
        }
        catch (Exception e) when (StoreErrors.IsOutage(e, cancellationToken))
        {
            throw StoreErrors.Unavailable(e);
        }
    }

    private async Task MigrateInTurnAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            connection,
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL)
            """,
            cancellationToken);
        var applied = await ReadAppliedAsync(connection, cancellationToken);
        Check(applied);
        foreach (var migration in migrations.Where(migration => !applied.ContainsKey(migration.Number)))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, migration.Sql, cancellationToken);
            await RecordAsync(connection, migration, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            Applied(migration.Name);
        }
    }

    private void Check(Dictionary<int, (string Name, string Checksum)> applied)
    {
        var known = migrations.ToDictionary(migration => migration.Number);
        foreach (var (number, (name, checksum)) in applied.OrderBy(pair => pair.Key))
        {
            if (!known.TryGetValue(number, out var migration))
            {
                throw new SchemaMismatchException(
                    $"The platform's database has migration {name}, which this server does not know: the database is newer. Run a server at least as new.");
            }

            if (migration.Checksum != checksum)
            {
                throw new SchemaMismatchException(
                    $"Migration {name} was applied to the platform's database with another text than this server has. Applied migrations never change: add a new one.");
            }
        }
    }

    private static async Task<Dictionary<int, (string Name, string Checksum)>> ReadAppliedAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new Dictionary<int, (string, string)>();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT number, name, checksum FROM schema_migrations";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(reader.GetInt32(0), (reader.GetString(1), reader.GetString(2)));
        }

        return applied;
    }

    private async Task RecordAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = migration.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = migration.Name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = migration.Checksum });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;

        // Another starter may be at it, and an index over many rows takes its time.
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(2000, LogLevel.Information, "Applied migration {Migration}.")]
    private partial void Applied(string migration);
}
