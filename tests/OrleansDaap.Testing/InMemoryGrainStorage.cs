using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansDaap.Common;

namespace OrleansDaap.Testing;

/// <summary>
/// Grain storage that outlives silos but not the test. It keeps JSON, so that a grain which goes on changing what it has written is found out.
/// </summary>
public sealed class InMemoryGrainStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string Name, GrainId Grain), Record> _records = new();
    private long _writes;

    /// <summary>Runs before every operation; may wait or throw, as a slow or broken store does.</summary>
    public Func<StorageOperation, GrainId, Task>? Before { get; set; }

    /// <summary>The audit entries that were written with the states of their changes.</summary>
    public ConcurrentQueue<AuditEntry> Entries { get; } = new();

    /// <summary>Runs after every write that was made; when it throws, the writer never hears that it was.</summary>
    public Func<Task>? After { get; set; }

    public long Writes => Interlocked.Read(ref _writes);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await BeforeAsync(StorageOperation.Read, grainId);
        if (_records.TryGetValue((stateName, grainId), out var record))
        {
            grainState.State = JsonSerializer.Deserialize<T>(record.Json)!;
            (grainState.ETag, grainState.RecordExists) = (record.ETag, true);
        }
        else
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = (default!, null, false);
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await BeforeAsync(StorageOperation.Write, grainId);
        var json = JsonSerializer.SerializeToUtf8Bytes(grainState.State);
        var record = new Record(json, Interlocked.Increment(ref _writes).ToString(CultureInfo.InvariantCulture));
        var key = (stateName, grainId);
        Require(
            grainState.ETag is null
                ? _records.TryAdd(key, record)
                : _records.TryGetValue(key, out var stored) && stored.ETag == grainState.ETag && _records.TryUpdate(key, record, stored),
            key, grainState.ETag);
        NoteEntry(grainState.State);
        await (After?.Invoke() ?? Task.CompletedTask);
        (grainState.ETag, grainState.RecordExists) = (record.ETag, true);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await BeforeAsync(StorageOperation.Clear, grainId);
        var key = (stateName, grainId);
        if (_records.TryGetValue(key, out var stored) || grainState.ETag is not null)
        {
            Require(stored is not null && stored.ETag == grainState.ETag && _records.TryRemove(new(key, stored)), key, grainState.ETag);
            NoteEntry(grainState.State);
        }

        (grainState.State, grainState.ETag, grainState.RecordExists) = (default!, null, false);
    }

    /// <summary>Changes the record behind its grain's back, as another node would.</summary>
    public void Tamper(string stateName, GrainId grainId)
    {
        var key = (stateName, grainId);
        _records[key] = _records[key] with { ETag = "tampered-" + Interlocked.Increment(ref _writes).ToString(CultureInfo.InvariantCulture) };
    }

    private void NoteEntry<T>(T state)
    {
        if (state is IAudited { Audit: { } entry })
        {
            Entries.Enqueue(entry);
        }
    }

    private Task BeforeAsync(StorageOperation operation, GrainId grainId) => Before?.Invoke(operation, grainId) ?? Task.CompletedTask;

    private void Require(bool matches, (string Name, GrainId Grain) key, string? expected)
    {
        if (!matches)
        {
            var stored = _records.GetValueOrDefault(key)?.ETag;
            throw new InconsistentStateException($"The state '{key.Name}' of {key.Grain} was changed by another.", stored, expected);
        }
    }

    private sealed record Record(byte[] Json, string ETag);
}
