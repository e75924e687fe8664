using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Testing;
using OrleansDaap.Tiers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

public sealed class OutageTests
{
    [PostgresFact]
    public async Task While_postgres_is_down_everything_says_so_and_afterwards_everything_works_and_nothing_acknowledged_is_gone()
    {
        await using var postgres = await TestPostgres.StartAsync();
        await using var store = await TestStore.OpenAsync(await postgres.CreateDatabaseAsync());
        var health = store.Get<IStoreHealth>();
        var acknowledged = new System.Collections.Concurrent.ConcurrentBag<DatabaseId>();
        using var started = new SemaphoreSlim(0);

        // Sixteen writers until it is gone under them.
        var writers = Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                var database = Samples.Database($"w{writer}x{i}");
                var error = await Record.ExceptionAsync(() => store.AddAsync(database));
                if (error is not null)
                    return error;
                acknowledged.Add(database.Id);
                started.Release();
            }
        })).ToArray();
        for (var i = 0; i < 200; i++)
        {
            await started.WaitAsync();
        }

        await postgres.KillAsync();

        Assert.All(await Task.WhenAll(writers), error => Assert.IsType<StoreUnavailableException>(error));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAsync<TierState>("tier", "small"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => health.CheckAsync(default));

        await postgres.RestartAsync();

        await health.CheckAsync(default);
        await store.WriteAsync("tier", "small", Samples.Tier());
        foreach (var id in acknowledged)
        {
            Assert.True((await store.ReadAsync<DatabaseState>("database", id.Value)).RecordExists);
        }
    }

    [PostgresFact]
    public async Task Connections_that_died_while_they_rested_do_not_cost_a_read()
    {
        await using var postgres = await TestPostgres.StartAsync();
        await using var store = await TestStore.OpenAsync(await postgres.CreateDatabaseAsync());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.ReadAsync<TierState>("tier", "small")));

        await postgres.KillAsync();
        await postgres.RestartAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.ReadAsync<TierState>("tier", "small")));
    }

    [PostgresFact]
    public async Task The_lease_survives_nothing_that_its_session_does_not()
    {
        await using var postgres = await TestPostgres.StartAsync();
        await using var store = await TestStore.OpenAsync(await postgres.CreateDatabaseAsync(), leased: true);
        var held = await store.Lease.AcquireAsync(default);
        var lost = new TaskCompletionSource();
        held.Lost.Register(lost.SetResult);

        await postgres.KillAsync();
        await lost.Task.WaitAsync(TimeSpan.FromSeconds(5));
        await held.DisposeAsync();
        var again = store.Lease.AcquireAsync(default);
        await postgres.RestartAsync();

        await using var next = await again.WaitAsync(TimeSpan.FromSeconds(30));
        await store.WriteAsync("tier", "small", Samples.Tier());
    }
}
