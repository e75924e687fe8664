using Orleans;

namespace OrleansDaap.UnitTests.EmbeddedSilo.Grains;

internal interface IAccountGrain : IGrainWithStringKey
{
    Task<int> AddAsync(int amount);

    /// <summary>Adds, but keeps a failed write to itself.</summary>
    Task<bool> TryAddAsync(int amount);

    /// <summary>Adds without writing.</summary>
    Task ScribbleAsync(int amount);

    Task<int> BalanceAsync();

    Task<(string? Etag, bool Exists)> RecordAsync();

    Task ClearAsync();

    Task RereadAsync();

    /// <summary>Adds to another account; a failure there is not this grain's.</summary>
    Task AddToAsync(string other, int amount);

    /// <summary>Arrives at the step, waits, and then adds.</summary>
    Task AddAfterAsync(string step, int amount);
}
