using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace OrleansDaap.UnitTests.EmbeddedSilo.Grains;

internal sealed class AccountGrain(Stage stage, [PersistentState("account", "Default")] IPersistentState<Account> account) : Grain, IAccountGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        stage.Note($"activated with {account.State.Balance}");
        return Task.CompletedTask;
    }

    public async Task<int> AddAsync(int amount)
    {
        account.State.Balance += amount;
        await account.WriteStateAsync();
        return account.State.Balance;
    }

    public async Task<bool> TryAddAsync(int amount)
    {
        try
        {
            await AddAsync(amount);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    public Task ScribbleAsync(int amount)
    {
        account.State.Balance += amount;
        return Task.CompletedTask;
    }

    public Task<int> BalanceAsync() => Task.FromResult(account.State.Balance);

    public Task<(string? Etag, bool Exists)> RecordAsync() => Task.FromResult((account.Etag, account.RecordExists));

    public Task ClearAsync() => account.ClearStateAsync();

    public Task RereadAsync() => account.ReadStateAsync();

    public Task AddToAsync(string other, int amount) => GrainFactory.GetGrain<IAccountGrain>(other).AddAsync(amount);

    public async Task AddAfterAsync(string step, int amount)
    {
        await stage.ArriveAsync(step);
        await AddAsync(amount);
    }
}
