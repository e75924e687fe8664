using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>One named, persisted part of a grain's state; read before the grain is activated.</summary>
public interface IPersistentState<TState> : IStorage<TState>;
