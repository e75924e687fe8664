using Npgsql;

namespace OrleansDaap.Drills;

/// <summary>The platform's way into one database of a cluster; how that is, its backend knows.</summary>
/// <param name="name">Of the database.</param>
/// <param name="cancellationToken">Ends the wait.</param>
internal delegate Task<NpgsqlConnection> OpenDatabase(string name, CancellationToken cancellationToken);
