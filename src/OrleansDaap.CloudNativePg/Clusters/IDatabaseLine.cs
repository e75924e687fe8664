using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>Asks a database itself, as its owner, over TLS. No method throws because the database does not answer.</summary>
internal interface IDatabaseLine
{
    /// <summary>Whether a PostgreSQL answers there over TLS and wants to know who comes, as it does when it takes connections.</summary>
    Task<bool> AcceptsAsync(string host, CancellationToken cancellationToken);

    /// <summary>Whether it answers <c>SELECT 1</c>.</summary>
    Task<bool> AnswersAsync(DatabaseAddress address, CancellationToken cancellationToken);

    /// <summary>By name; null when it does not answer.</summary>
    Task<IReadOnlyList<PostgresExtension>?> ListExtensionsAsync(DatabaseAddress address, CancellationToken cancellationToken);

    /// <summary>Commits a transaction that changes nothing, so that recovery finds one after that moment.</summary>
    /// <returns>Before it, by the database's clock; null when it does not answer.</returns>
    Task<DateTimeOffset?> MarkAsync(DatabaseAddress address, CancellationToken cancellationToken);
}
