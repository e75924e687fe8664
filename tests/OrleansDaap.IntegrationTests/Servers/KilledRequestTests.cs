using System.Net;
using Npgsql;
using OrleansDaap.Benchmarks;
using OrleansDaap.Testing.Servers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>SIGKILL in the midst of a POST with an Idempotency-Key, at each of the places where that leaves something else behind.</summary>
public sealed class KilledRequestTests : IDisposable
{
    private readonly ScratchDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public Task Killed_before_the_record_is_written_the_request_is_done_by_its_repetition() => KillWhereItWaitsForAsync("grain_state");

    [Fact]
    public Task Killed_between_the_record_and_the_answer_the_request_is_answered_by_its_repetition() => KillWhereItWaitsForAsync("idempotency");

    [Fact]
    public async Task Killed_after_the_answer_the_repetition_is_answered_as_the_first()
    {
        var server = await FakeBackendServer.StartAsync(_data, stalled: true);
        await server.CreateTierAsync();
        var request = new KeyedRequest("orders");
        await request.SendAsync(server);

        server = await KillAndRestartAsync(server);

        await AssertDoneOnceAsync(server, request);
        await server.DisposeAsync();
    }

    /// <summary>The request comes to a stop where it writes to the table, and is killed there.</summary>
    private async Task KillWhereItWaitsForAsync(string table)
    {
        var server = await FakeBackendServer.StartAsync(_data, stalled: true);
        await server.CreateTierAsync();
        await using var platform = NpgsqlDataSource.Create($"Host={_data.Path}/platform;Port=5432;Username=postgres;Database=daap;Pooling=false");
        var request = new KeyedRequest("orders");
        Task<KeyedRequest.KeyedAnswer?> cut;
        await using (var atRecord = await HoldAsync(platform, "grain_state"))
        {
            cut = request.SendAsync(server);
            await UntilItWaitsAsync(platform, "grain_state");
            if (table == "grain_state")
            {
                server = await KillAndRestartAsync(server, whenKilled: atRecord.CloseAsync);
            }
            else
            {
                // The key is claimed by now, so that the next thing that this table gets is the answer.
                await using var atAnswer = await HoldAsync(platform, table);
                await atRecord.CloseAsync();
                await UntilItWaitsAsync(platform, table);
                server = await KillAndRestartAsync(server, whenKilled: atAnswer.CloseAsync);
            }
        }

        Assert.Null(await cut);
        await AssertDoneOnceAsync(server, request);
        await server.DisposeAsync();
    }

    /// <param name="whenKilled">What the next server must not find in its way.</param>
    private async Task<ServerProcess> KillAndRestartAsync(ServerProcess server, Func<Task>? whenKilled = null)
    {
        await server.KillAsync();
        if (whenKilled is not null)
        {
            await whenKilled();
        }

        await server.DisposeAsync();
        return await FakeBackendServer.StartAsync(_data, stalled: true);
    }

    private static async Task AssertDoneOnceAsync(ServerProcess server, KeyedRequest request)
    {
        var first = request.Answer ?? await request.SendAsync(server);
        var again = await request.SendAsync(server);
        Assert.Equal(HttpStatusCode.Accepted, first!.Status);
        Assert.Equal((first.Status, first.Text, true), (again!.Status, again.Text, again.Replayed));
        var only = Assert.Single((await server.SendAsync(HttpMethod.Get, "/databases")).GetProperty("items").EnumerateArray());
        Assert.Equal(first["id"], only.GetProperty("id").GetString());
        var quota = await server.SendAsync(HttpMethod.Get, "/tiers/dev/quota");
        Assert.Equal(1, quota.GetProperty("used").GetProperty("databases").GetInt32());
    }

    private static async Task<NpgsqlConnection> HoldAsync(NpgsqlDataSource platform, string table)
    {
        var holder = await platform.OpenConnectionAsync();
        await using var hold = new NpgsqlCommand($"BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE", holder);
        await hold.ExecuteNonQueryAsync();
        return holder;
    }

    private static async Task UntilItWaitsAsync(NpgsqlDataSource platform, string table)
    {
        await using var look = platform.CreateCommand(
            $"SELECT EXISTS (SELECT FROM pg_locks WHERE relation = '{table}'::regclass AND NOT granted)");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!(bool)(await look.ExecuteScalarAsync(patience.Token))!)
        {
        }
    }
}
