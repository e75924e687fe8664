using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using Xunit;

namespace OrleansDaap.UnitTests.Databases;

public sealed class ExtensionWatchTests : IAsyncLifetime
{
    private static readonly PostgresExtension Plpgsql = new("plpgsql", "1.0");
    private static readonly PostgresExtension Hstore = new("hstore", "1.8");
    private static readonly TimeSpan Wake = new DatabaseOptions().ReconcileEvery;
    private DatabaseSilo _silo = null!;

    public async Task InitializeAsync() => _silo = await DatabaseSilo.StartAsync();

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task A_database_that_is_ready_says_at_once_what_extensions_it_has()
    {
        var ready = await _silo.CreateReadyAsync();

        Assert.Equal([Plpgsql], ready.Extensions);
        Assert.Equal(_silo.Silo.Clock.GetUtcNow(), ready.ExtensionsObservedAt);
    }

    [Fact]
    public async Task What_its_users_install_shows_after_a_while()
    {
        var before = await _silo.CreateReadyAsync();
        _silo.Backend.Install(DatabaseSilo.Id, Hstore, Plpgsql);
        await RemindAsync(times: 1);
        Assert.Equal([Plpgsql], (await _silo.StateAsync()).Extensions);

        await RemindAsync(times: 1);

        var state = await _silo.StateAsync();
        Assert.Equal([Hstore, Plpgsql], state.Extensions);
        Assert.Equal(_silo.Silo.Clock.GetUtcNow(), state.ExtensionsObservedAt);
        Assert.NotEqual(before.ETag, state.ETag);
    }

    [Fact]
    public async Task A_database_in_which_nothing_changes_is_looked_into_and_hardly_ever_written()
    {
        var before = await _silo.CreateReadyAsync();
        var (looks, writes) = (_silo.Backend.ExtensionLooks, _silo.Silo.Storage.Writes);

        await RemindAsync(times: 24);

        Assert.Equal((looks + 12, writes + 2), (_silo.Backend.ExtensionLooks, _silo.Silo.Storage.Writes));
        var after = await _silo.StateAsync();
        Assert.InRange(_silo.Silo.Clock.GetUtcNow() - after.ExtensionsObservedAt!.Value, TimeSpan.Zero, TimeSpan.FromHours(1));
        Assert.Equal((before.ETag, before.UpdatedAt), (after.ETag, after.UpdatedAt));
    }

    [Fact]
    public async Task Events_that_wake_every_database_at_once_make_none_be_looked_into_again()
    {
        await _silo.CreateReadyAsync();
        _silo.Silo.Clock.Advance(TimeSpan.FromSeconds(1));
        await _silo.Silo.RestartAsync();
        var looks = _silo.Backend.ExtensionLooks;

        await _silo.ReconcileAsync();

        Assert.Equal(looks, _silo.Backend.ExtensionLooks);
    }

    [Fact]
    public async Task What_cannot_be_read_leaves_status_and_last_observation_as_they_are()
    {
        var before = await _silo.CreateReadyAsync();
        _silo.Backend.Install(DatabaseSilo.Id, null);
        await RemindAsync(times: 4);
        Assert.Equal((before.ETag, before.ExtensionsObservedAt), ((await _silo.StateAsync()).ETag, (await _silo.StateAsync()).ExtensionsObservedAt));

        _silo.Backend.Install(DatabaseSilo.Id, Hstore);
        await RemindAsync(times: 2);
        Assert.Equal([Hstore], (await _silo.StateAsync()).Extensions);
    }

    [Fact]
    public async Task What_could_not_be_read_at_first_is_tried_again_soon()
    {
        _silo.Backend.Install(DatabaseSilo.Id, null);
        Assert.Null((await _silo.CreateReadyAsync()).ExtensionsObservedAt);
        _silo.Backend.Install(DatabaseSilo.Id, Plpgsql);

        _silo.Silo.Clock.Advance(new DatabaseOptions().RetryAtLeastEvery);
        await _silo.Database.RemindAsync();

        Assert.Equal([Plpgsql], (await _silo.StateAsync()).Extensions);
    }

    [Fact]
    public async Task A_frozen_or_deleted_database_keeps_what_was_last_seen()
    {
        var ready = await _silo.CreateReadyAsync();
        await _silo.Database.DestroyAsync(hard: false);
        var frozen = await _silo.ReconcileAsync();
        await RemindAsync(times: 3);
        await _silo.Database.DestroyAsync(hard: true);
        var deleted = await _silo.ReconcileAsync();

        Assert.All(new[] { frozen, deleted }, state => Assert.Equal([Plpgsql], state.Extensions));
        Assert.All(new[] { frozen, deleted }, state => Assert.Equal(ready.ExtensionsObservedAt, state.ExtensionsObservedAt));
    }

    /// <summary>Lets the database's reminder come, and waits until it has been answered.</summary>
    private async Task RemindAsync(int times)
    {
        for (var time = 0; time < times; time++)
        {
            _silo.Silo.Clock.Advance(Wake);

            // It waits its turn behind the reminder.
            await _silo.Database.ReconcileAsync();
        }
    }
}
