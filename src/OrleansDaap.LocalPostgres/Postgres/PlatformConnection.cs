using Npgsql;

namespace OrleansDaap.LocalPostgres.Postgres;

/// <summary>The platform's own way into a cluster: the Unix socket, as the superuser, unseen by the audit log.</summary>
internal static class PlatformConnection
{
    public static async Task<NpgsqlConnection> OpenAsync(PostgresPlace place, CancellationToken cancellationToken, string database = "postgres")
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = place.Sockets,
            Port = place.Port,
            Username = TemplateRecipe.Superuser,
            Database = database,
            Pooling = false,
            Timeout = 10,
            CommandTimeout = 10,
            // A verifier passes through a statement: no log may hold it, not even when the statement fails.
            Options = "-c pgaudit.log=none -c log_statement=none -c log_min_error_statement=panic -c log_min_duration_statement=-1",
        };
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        // Types are of no interest here, and loading them costs a round trip.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        await using var source = builder.Build();
        return await source.OpenConnectionAsync(cancellationToken);
    }
}
