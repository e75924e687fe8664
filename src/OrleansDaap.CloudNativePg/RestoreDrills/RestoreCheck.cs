using Npgsql;
using OrleansDaap.CloudNativePg.Clusters;
using OrleansDaap.Drills;
using OrleansDaap.Provisioning;

namespace OrleansDaap.CloudNativePg.RestoreDrills;

/// <summary>Over the network, with what both backends compare.</summary>
internal sealed class RestoreCheck : IRestoreCheck
{
    private const int MostNamed = 3;

    public async Task<TakenSample> SampleAsync(DatabaseAddress source, CancellationToken cancellationToken)
    {
        var open = Into(source);
        SourceSample? sample = null;
        string? broken = null;
        try
        {
            sample = await Sampler.TakeAsync(open, Points.Transaction(open), cancellationToken);
            if (sample.Databases.SelectMany(database => database.Unreadable).ToArray() is { Length: > 0 } unreadable) broken = string.Join(", ", unreadable.Take(MostNamed));
        }
        catch (PostgresException failure) when (DatabaseSampler.IsBroken(failure))
        {
            broken = failure.MessageText;
        }

        return new TakenSample(sample, await AskAsync<string>(open, "SELECT pg_walfile_name(pg_current_wal_insert_lsn())", cancellationToken), broken);
    }

    // A file of another kind that is named after a WAL file may be archived before it.
    public Task<bool> HasArchivedAsync(DatabaseAddress source, string wal, CancellationToken cancellationToken) => AskAsync<bool>(
        Into(source),
        $"SELECT pg_current_xact_id() IS NOT NULL AND coalesce((SELECT last_archived_wal = '{wal}' OR left(last_archived_wal, 24) > '{wal}' FROM pg_stat_archiver), false)",
        cancellationToken);

    public Task<string?> FindDifferenceAsync(DatabaseAddress restored, SourceSample sample, CancellationToken cancellationToken) =>
        Comparison.FindDifferenceAsync(Into(restored), sample, cancellationToken);

    public async Task<string?> FindCorruptionAsync(DatabaseAddress restored, IEnumerable<string> databases, CancellationToken cancellationToken)
    {
        try
        {
            return await FileCheck.FindCorruptionAsync(Into(restored), databases, cancellationToken);
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedFile or PostgresErrorCodes.FeatureNotSupported)
        {
            // An image without the extension.
            return null;
        }
    }

    private static OpenDatabase Into(DatabaseAddress address) => (name, cancellationToken) => DatabaseLine.OpenAsync(address, name, cancellationToken);

    private static async Task<T> AskAsync<T>(OpenDatabase open, string query, CancellationToken cancellationToken)
    {
        await using var connection = await open(ClusterEndpoint.Database, cancellationToken);
        await using var command = new NpgsqlCommand(query, connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
