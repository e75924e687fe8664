namespace Orleans.Core;

/// <summary>A stored record of type <typeparamref name="TState"/>.</summary>
public interface IStorage<TState> : IStorage
{
    TState State { get; set; }
}
