using System.Globalization;
using Npgsql;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansDaap.Common;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.Writes;

namespace OrleansDaap.Storage.States;

/// <summary>A row per grain; its version is the ETag. Serves both silos, so data written under one opens under the other.</summary>
internal sealed class NpgsqlGrainStorage(PlatformDatabase database, WriteQueue queue, StateJson json, TimeProvider time) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = await database.ReadAsync(
            (connection, token) => FindAsync(connection, stateName, grainId.Key.ToString()!, token), CancellationToken.None);
        if (row is var (state, version))
        {
            grainState.State = json.Read<T>(state);
            grainState.ETag = ToETag(version);
            grainState.RecordExists = true;
        }
        else
        {
            Forget(grainState);
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = grainId.Key.ToString()!;
        var state = json.Write(grainState.State);
        var entry = EntryOf(grainState);
        StateWrite write = grainState.ETag is { } etag
            ? new StateUpdate(stateName, key, ToVersion(etag), state, time.GetUtcNow(), entry)
            : new StateInsert(stateName, key, state, time.GetUtcNow(), entry);
        grainState.ETag = ToETag(await queue.WriteAsync(write));
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Without an ETag there was no record, so there is none to remove.
        if (grainState.ETag is { } etag)
            await queue.WriteAsync(new StateClear(stateName, grainId.Key.ToString()!, ToVersion(etag), EntryOf(grainState)));
        Forget(grainState);
    }

    private static async Task<(byte[] State, long Version)?> FindAsync(
        NpgsqlConnection connection, string name, string key, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT state, version FROM grain_state WHERE kind = $1 AND key = $2";
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetFieldValue<byte[]>(0), reader.GetInt64(1)) : null;
    }

    private static AuditEntry? EntryOf<T>(IGrainState<T> grainState) => (grainState.State as IAudited)?.Audit;

    private static void Forget<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static string ToETag(long version) => version.ToString(CultureInfo.InvariantCulture);

    // An ETag that is none of ours matches no row, as a stale one.
    private static long ToVersion(string etag) =>
        long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;
}
