using Npgsql;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>The platform's own way into a cluster: the Unix socket, as the superuser, unseen by the audit log.</summary>
internal static class PlatformConnection
{
    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(10);

    public static async Task<NpgsqlConnection> OpenAsync(
        PostgresPlace place, CancellationToken cancellationToken, string database = "postgres", TimeSpan? patience = null)
    {
        var seconds = (int)(patience ?? LongestPatience).TotalSeconds;
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = place.Sockets,
            Port = place.Port,
            Username = TemplateRecipe.Superuser,
            Database = database,
            Pooling = false,
            Timeout = seconds,
            CommandTimeout = seconds,
            // A verifier passes through a statement: no log may hold it, not even when the statement fails. And no name means what a database's
            // owner has put in the way: what is given here outranks the settings of the database.
            Options = "-c search_path=pg_catalog -c pgaudit.log=none -c log_statement=none -c log_min_error_statement=panic -c log_min_duration_statement=-1 " +
                "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c idle_session_timeout=0 " +
                "-c default_transaction_read_only=off -c row_security=off",
        };
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        // Types are of no interest here, and loading them costs a round trip.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        await using var source = builder.Build();
        return await source.OpenConnectionAsync(cancellationToken);
    }
}
