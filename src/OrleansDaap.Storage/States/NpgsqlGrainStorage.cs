using System.Globalization;
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
        if (await StoredState.FindAsync(database, stateName, grainId.Key.ToString()!, CancellationToken.None) is { } stored)
        {
            grainState.State = json.Read<T>(stored.State);
            grainState.ETag = stored.ETag;
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
