using Npgsql;

namespace OrleansDaap.Drills;

/// <summary>Makes the point that a sample is exact at, while writers are kept out, and names it for a recovery.</summary>
/// <param name="connection">One that holds the locks, in a transaction that writes nothing.</param>
/// <param name="cancellationToken">Ends the wait.</param>
/// <returns>Its name, and a moment: everything that had committed by then is before the point.</returns>
internal delegate Task<(string Name, DateTimeOffset At)> MakePoint(NpgsqlConnection connection, CancellationToken cancellationToken);
