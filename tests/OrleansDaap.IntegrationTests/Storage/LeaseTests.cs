using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OrleansDaap.Common;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.EmbeddedSilo;
using OrleansDaap.Storage.Writes;
using OrleansDaap.Testing;
using OrleansDaap.Tiers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Storage;

public sealed class LeaseTests(PostgresFixture postgres) : StorageTest(postgres)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private TestStore _first = null!;
    private TestStore _second = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _first = await TestStore.OpenAsync(ConnectionString, leased: true);
        _second = await TestStore.OpenAsync(ConnectionString, leased: true);
    }

    public override async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await base.DisposeAsync();
    }

    [PostgresFact]
    public async Task Only_one_node_holds_the_lease_and_the_next_gets_it_when_it_is_given_back()
    {
        var held = await _first.Lease.AcquireAsync(default);
        var waiting = _second.Lease.AcquireAsync(default);
        await UntilSomebodyWaitsAsync();
        Assert.False(waiting.IsCompleted);

        await held.DisposeAsync();
        await using var next = await waiting.WaitAsync(Patience);

        Assert.True(next.FencingToken > held.FencingToken);
    }

    [PostgresFact]
    public async Task Waiting_for_the_lease_ends_when_it_is_called_off()
    {
        await using var held = await _first.Lease.AcquireAsync(default);
        using var stop = new CancellationTokenSource();
        var waiting = _second.Lease.AcquireAsync(stop.Token);
        await UntilSomebodyWaitsAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
    }

    [PostgresFact]
    public async Task A_holder_whose_session_ends_learns_it_and_the_standby_takes_over()
    {
        await using var held = await _first.Lease.AcquireAsync(default);
        var lost = WhenAsync(held.Lost);
        var waiting = _second.Lease.AcquireAsync(default);
        await UntilSomebodyWaitsAsync();

        await EndLeaseSessionAsync();

        await lost.WaitAsync(Patience);
        await using var next = await waiting.WaitAsync(Patience);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _first.WriteAsync("tier", "small", Samples.Tier()));
        await _second.WriteAsync("tier", "small", Samples.Tier());
    }

    [PostgresFact]
    public async Task A_holder_that_falls_silent_loses_the_lease()
    {
        var options = new LeaseOptions { Ping = TimeSpan.FromSeconds(1), Silence = TimeSpan.FromMilliseconds(200) };
        var hung = new AdvisoryLease(
            _first.Get<PlatformDatabase>(), _first.Get<Fence>(), _first.Get<ThisNode>(), options, TimeProvider.System, NullLogger<AdvisoryLease>.Instance);
        await using var held = await hung.AcquireAsync(default);

        await using var next = await _second.Lease.AcquireAsync(default).WaitAsync(Patience);

        Assert.False(held.IsSure);
        Assert.True(next.IsSure);
        await WhenAsync(held.Lost).WaitAsync(Patience);
        Assert.True(next.FencingToken > held.FencingToken);
    }

    [PostgresFact]
    public async Task Nothing_is_written_without_the_lease()
    {
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => _first.WriteAsync("tier", "small", Samples.Tier()));
        Assert.Contains("lease", refused.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task An_older_holder_that_does_not_know_it_yet_writes_nothing()
    {
        await using var held = await _first.Lease.AcquireAsync(default);
        await _first.WriteAsync("tier", "before", Samples.Tier());
        await _first.SqlAsync("UPDATE silo_fence SET token = token + 1");

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => _first.WriteAsync("tier", "after", Samples.Tier()));

        Assert.Contains("lease", refused.Message, StringComparison.Ordinal);
        Assert.False((await Store.ReadAsync<TierState>("tier", "after")).RecordExists);
    }

    [PostgresFact]
    public async Task A_write_that_an_older_holder_has_sent_already_is_not_committed_after_the_takeover()
    {
        await using var held = await _first.Lease.AcquireAsync(default);
        await using var holder = await HoldAsync("INSERT INTO grain_state (kind, key, state, created_at, modified_at) VALUES ('tier', 'late', '{}', now(), now())");

        // It is past the check of its token, waiting to see what becomes of a row with its key, when the standby takes over.
        var late = _first.WriteAsync("tier", "late", Samples.Tier());
        await UntilSomebodyWaitsAsync("transactionid");
        await EndLeaseSessionAsync();
        await using var next = await _second.Lease.AcquireAsync(default).WaitAsync(Patience);

        // The new holder ended it, or it would be written when the other row is gone.
        await holder.CloseAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => late.WaitAsync(Patience));
        Assert.False((await Store.ReadAsync<TierState>("tier", "late")).RecordExists);
    }

    [PostgresFact]
    public async Task A_write_queued_by_an_older_holder_is_refused_also_when_the_node_holds_the_lease_again()
    {
        var held = await _first.Lease.AcquireAsync(default);
        await using var holder = await HoldAsync("LOCK TABLE grain_state IN ACCESS EXCLUSIVE MODE");
        Task[] busy = [_first.WriteAsync("tier", "one", Samples.Tier()), _first.WriteAsync("tier", "two", Samples.Tier())];
        await UntilSomebodyWaitsAsync("relation");
        Task[] queued = [.. Enumerable.Range(0, 300).Select(i => (Task)_first.WriteAsync("tier", $"queued{i}", Samples.Tier()))];

        await held.DisposeAsync();
        await using var again = await _first.Lease.AcquireAsync(default).WaitAsync(Patience);
        await holder.CloseAsync();

        foreach (var write in busy.Concat(queued))
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => write.WaitAsync(Patience));
        }

        await _first.WriteAsync("tier", "now", Samples.Tier());
        Assert.Equal("1", await Store.SqlAsync("SELECT count(*) FROM grain_state"));
    }

    [PostgresFact]
    public async Task Storage_without_a_lease_is_not_fenced()
    {
        await using var held = await _first.Lease.AcquireAsync(default);
        await Store.WriteAsync("tier", "small", Samples.Tier());
    }

    private static Task WhenAsync(CancellationToken token)
    {
        var signal = new TaskCompletionSource();
        token.Register(signal.SetResult);
        return signal.Task;
    }

    private async Task<NpgsqlConnection> HoldAsync(string sql)
    {
        var holder = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await holder.OpenAsync();
        await using var hold = new NpgsqlCommand($"BEGIN; {sql}", holder);
        await hold.ExecuteNonQueryAsync();
        return holder;
    }

    private Task<string?> EndLeaseSessionAsync() => Store.SqlAsync(
        """
        SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = database
        WHERE datname = current_database() AND locktype = 'advisory' AND objid = 1 AND granted
        """);

    private async Task UntilSomebodyWaitsAsync(string on = "advisory")
    {
        var deadline = System.Diagnostics.Stopwatch.StartNew();
        while (await Store.SqlAsync($"SELECT count(*) FROM pg_locks WHERE locktype = '{on}' AND NOT granted") == "0")
        {
            Assert.True(deadline.Elapsed < Patience, "Nobody waits.");
        }
    }
}
