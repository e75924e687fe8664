using Npgsql;

namespace OrleansDaap.Storage.Connections;

/// <summary>What the platform's connections need, wherever the operator's connection string leaves it open.</summary>
internal static class ConnectionSettings
{
    public const int CommandTimeoutSeconds = 5;

    public static string Complete(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        Default("Application Name", "orleans-daap");

        // Four writers, and reads that take a millisecond or two: 24 serve thousands a second, and four replicas of that fit
        // into PostgreSQL's default of 100.
        Default("Maximum Pool Size", 24);

        // Opening and every command end, one way or another, well before a grain call does (30 s).
        Default("Timeout", 5);
        Default("Command Timeout", CommandTimeoutSeconds);

        // No connection of the pool ever changes its session, so there is nothing to reset.
        Default("No Reset On Close", true);

        // Every list follows one index in its order and stops early. Before a fast-growing table has statistics (autovacuum looks
        // once a minute), PostgreSQL would rather collect all rows and sort them.
        Default("Options", "-c enable_bitmapscan=off");
        return settings.ConnectionString;

        void Default(string keyword, object value)
        {
            if (!settings.ShouldSerialize(keyword))
                settings[keyword] = value;
        }
    }

    /// <summary>The same server on a connection of its own that notices within seconds when the other end is gone.</summary>
    public static string ForLease(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(Complete(connectionString))
        {
            ApplicationName = "orleans-daap lease",
            Pooling = false,
            CommandTimeout = 2,
            Multiplexing = false,
        };
        if (settings.Host is { } host && !host.StartsWith('/') && !host.StartsWith('@'))
        {
            settings.TcpKeepAlive = true;
            settings.TcpKeepAliveTime = 1;
            settings.TcpKeepAliveInterval = 1;
        }

        return settings.ConnectionString;
    }
}
