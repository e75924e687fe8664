namespace OrleansDaap.LocalPostgres.Files;

internal enum FileOwner
{
    /// <summary>The user that this server runs as.</summary>
    Server,

    /// <summary>The user that PostgreSQL and PgBouncer run as; the same one unless the server is root.</summary>
    Tools,
}
