using System.Data;
using Npgsql;
using OrleansDaap.Storage.Connections;

namespace OrleansDaap.Storage.Writes;

/// <summary>Commits writes in one transaction and one round trip, on a connection that it keeps.</summary>
internal sealed class BatchWriter(PlatformDatabase database, TimeProvider time) : IAsyncDisposable
{
    // A connection that rested may have died with its server; asking costs one round trip and saves a refused write. No PostgreSQL is
    // gone and back in a shorter time than this.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    /// <summary>With four writers, each of the others may win once.</summary>
    private const int MostAttempts = 4;

    private NpgsqlConnection? _connection;
    private long _usedAt;

    /// <summary>Tells every write its own outcome; never throws. All of them carry the same stamp.</summary>
    public Task WriteAsync(IReadOnlyList<Write> writes) => WriteAsync(writes, attempt: 1);

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
    }

    private async Task WriteAsync(IReadOnlyList<Write> writes, int attempt)
    {
        try
        {
            await CommitAsync([.. writes.GroupBy(write => write.Kind).Select(group => (group.Key, Ordered(group)))]);
        }
        catch (PostgresException e) when (StoreErrors.IsRolledBack(e) && attempt < MostAttempts)
        {
            // Two batches locked each other out, over equal names say; the one that PostgreSQL chose to end goes again.
            await WriteAsync(writes, attempt + 1);
            return;
        }
        catch (PostgresException e) when (!StoreErrors.IsOutage(e) && writes.Count > 1)
        {
            // One of them cannot be written and took the others along. Halving finds it in twice log2(n) transactions.
            var half = writes.Count / 2;
            await WriteAsync([.. writes.Take(half)]);
            await WriteAsync([.. writes.Skip(half)]);
            return;
        }
        catch (Exception e)
        {
            await DropConnectionUnlessSoundAsync(e);
            foreach (var write in writes)
            {
                write.Fail(e);
            }

            return;
        }

        foreach (var write in writes)
        {
            if (write is { NewVersion: null, KindWhenRefused: { } kind })
                await WriteAloneAsync(write, kind);
            else
                write.Complete();
        }
    }

    private async Task WriteAloneAsync(Write write, WriteKind kind)
    {
        try
        {
            await CommitAsync([(kind, [write])]);
            write.Complete();
        }
        catch (Exception e)
        {
            await DropConnectionUnlessSoundAsync(e);
            write.Fail(e);
        }
    }

    private async Task CommitAsync(IReadOnlyList<(WriteKind Kind, Write[] Writes)> sets)
    {
        var connection = await ConnectAsync();

        // Without BEGIN: the statements up to the batch's end are one transaction, which its end commits.
        await using var batch = connection.CreateBatch();
        batch.Timeout = ConnectionSettings.CommandTimeoutSeconds;
        var stamp = sets[0].Writes[0].Stamp;
        if (stamp is { } token)
            batch.BatchCommands.Add(FenceCheck(token));

        foreach (var (kind, writes) in sets)
        {
            foreach (var write in writes)
            {
                write.NewVersion = null;
            }

            batch.BatchCommands.Add(kind.Command(writes));
        }

        await batch.PrepareAsync();
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            if (stamp is not null)
                await reader.NextResultAsync();
            foreach (var (_, writes) in sets)
            {
                await WriteKind.ReadAsync(reader, writes);

                // After the last one this waits for the commit, and throws if there was none.
                await reader.NextResultAsync();
            }
        }

        _usedAt = time.GetTimestamp();
    }

    /// <summary>Two transactions that lock rows in the same order do not lock each other out.</summary>
    private static Write[] Ordered(IEnumerable<Write> writes) => [.. writes.OrderBy(write => write.Row, StringComparer.Ordinal)];

    private static NpgsqlBatchCommand FenceCheck(long token) =>
        new("SELECT assert_silo_fence($1)") { Parameters = { new NpgsqlParameter<long> { TypedValue = token } } };

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        if (_connection is { FullState: ConnectionState.Open } kept && (time.GetElapsedTime(_usedAt) < Rest || await AnswersAsync(kept)))
            return kept;
        await DisposeAsync();
        _connection = null;
        _connection = await database.OpenAsync(CancellationToken.None);
        if (!await AnswersAsync(_connection))
        {
            // The pool's other connections rested just as long.
            NpgsqlConnection.ClearPool(_connection);
            await _connection.DisposeAsync();
            _connection = null;
            _connection = await database.OpenAsync(CancellationToken.None);
        }

        return _connection;
    }

    private static async Task<bool> AnswersAsync(NpgsqlConnection connection)
    {
        try
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT 1";
            await command.ExecuteScalarAsync();
            return true;
        }
        catch (Exception e) when (StoreErrors.IsOutage(e))
        {
            return false;
        }
    }

    private async Task DropConnectionUnlessSoundAsync(Exception error)
    {
        if (_connection is not null && StoreErrors.IsOutage(error))
        {
            await _connection.DisposeAsync();
            _connection = null;
        }
    }
}
