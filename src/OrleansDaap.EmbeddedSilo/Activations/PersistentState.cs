using System.Runtime.CompilerServices;
using Orleans.Storage;

namespace OrleansDaap.EmbeddedSilo.Activations;

/// <inheritdoc cref="IPersistentState{TState}"/>
internal sealed class PersistentState<TState>(Activation activation, string name, IGrainStorage storage)
    : IPersistentState<TState>, IPersistentPart
{
    private readonly GrainState<TState> _record = new(Fresh());

    public TState State
    {
        get => _record.State;
        set => _record.State = value;
    }

    public string? Etag => _record.ETag;

    public bool RecordExists => _record.RecordExists;

    public Task LoadAsync() => ReadStateAsync();

    public Task ReadStateAsync() => RunAsync(storage.ReadStateAsync, nameof(ReadStateAsync));

    public Task WriteStateAsync() => RunAsync(storage.WriteStateAsync, nameof(WriteStateAsync));

    public Task ClearStateAsync() => RunAsync(storage.ClearStateAsync, nameof(ClearStateAsync));

    private static TState Fresh() =>
        typeof(TState).IsValueType ? default!
        : typeof(TState).GetConstructor(Type.EmptyTypes) is not null ? Activator.CreateInstance<TState>()
        : (TState)RuntimeHelpers.GetUninitializedObject(typeof(TState));

    private async Task RunAsync(Func<string, GrainId, IGrainState<TState>, Task> operation, string operationName)
    {
        activation.ThrowIfDead();
        try
        {
            await operation(name, activation.GrainId, _record);
            _record.State ??= Fresh();
        }
        catch (InconsistentStateException stale)
        {
            activation.DeactivateStale(stale);
            stale.IsSourceActivation = false;
            throw;
        }
        catch (Exception exception) when (exception is not OrleansException)
        {
            // As Orleans does, so that code written against one does not misread the other.
            throw new OrleansException(
                $"Error from storage provider {storage.GetType().Name}.{name} during {operationName} for grain {activation.GrainId}: {exception.Message}",
                exception);
        }
    }
}
