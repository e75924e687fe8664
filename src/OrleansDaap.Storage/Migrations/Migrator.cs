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
                name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL)
            """,
            cancellationToken);
        var applied = await ReadAppliedAsync(connection, cancellationToken);
        Check(applied);
        foreach (var migration in migrations.Where(migration => !applied.ContainsKey(migration.Name)))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, migration.Sql, cancellationToken);
            await RecordAsync(connection, migration, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            Applied(migration.Name);
        }
    }

    private void Check(Dictionary<string, string> applied)
    {
        var known = migrations.ToDictionary(migration => migration.Name);
        var sets = migrations.Select(migration => Migration.SetOf(migration.Name)).ToHashSet();

        // What a server of the other silo mode has applied for itself is none of this one's business.
        foreach (var (name, checksum) in applied.Where(pair => sets.Contains(Migration.SetOf(pair.Key))).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!known.TryGetValue(name, out var migration))
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

    private static async Task<Dictionary<string, string>> ReadAppliedAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new Dictionary<string, string>();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, checksum FROM schema_migrations";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(reader.GetString(0), reader.GetString(1));
        }

        return applied;
    }

    private async Task RecordAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO schema_migrations (name, checksum, applied_at) VALUES ($1, $2, $3)";
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
