using System.Text.Json;
using OrleansDaap.Testing.Servers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>What is missing or full puts one database into error with a reason, leaves the others alone, and heals.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly ScratchDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_port_range_used_up_is_a_reason_and_heals_when_a_port_is_free_again()
    {
        var settings = new Dictionary<string, string> { ["Daap__Local__PortRange"] = _data.Ports.RangeOf(1) };
        await using var server = await ServerProcess.StartAsync(_data, settings);
        await server.CreateTierAsync();
        var first = await server.CreateDatabaseAsync("first");
        await server.UntilStatusAsync(first, "ready");

        var second = await server.CreateDatabaseAsync("second");
        var reason = (await server.UntilStatusAsync(second, "error")).GetProperty("status_reason");
        Assert.Equal("port-range-exhausted", reason.GetProperty("code").GetString());
        Assert.Contains("Daap:Local:PortRange", reason.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("ready", (await server.SendAsync(HttpMethod.Get, $"/databases/{first}")).GetProperty("status").GetString());

        await server.SendAsync(HttpMethod.Delete, $"/databases/{first}");
        var healed = await server.UntilStatusAsync(second, "ready");
        Assert.Equal(JsonValueKind.Null, healed.GetProperty("status_reason").ValueKind);
    }

    [Fact]
    public async Task A_missing_binary_is_a_reason_and_heals_when_it_is_there()
    {
        var pgbouncer = Path.Combine(_data.Path, "pgbouncer");
        await using var server = await ServerProcess.StartAsync(_data, new Dictionary<string, string> { ["Daap__Local__PgBouncer"] = pgbouncer });
        await server.CreateTierAsync("pooled", pooled: true);
        await server.CreateTierAsync("plain");

        var pooled = await server.CreateDatabaseAsync("pooled", "pooled");
        var reason = (await server.UntilStatusAsync(pooled, "error")).GetProperty("status_reason");
        Assert.Equal("pgbouncer-not-installed", reason.GetProperty("code").GetString());
        await server.UntilStatusAsync(await server.CreateDatabaseAsync("plain", "plain"), "ready");

        File.CreateSymbolicLink(pgbouncer, new[] { "/usr/sbin/pgbouncer", "/usr/bin/pgbouncer" }.First(File.Exists));
        await server.UntilStatusAsync(pooled, "ready");
    }

    [Fact]
    public async Task A_PostgreSQL_that_is_killed_runs_again_at_the_same_place()
    {
        await using var server = await ServerProcess.StartAsync(_data);
        await server.CreateTierAsync();
        var id = await server.CreateDatabaseAsync("orders");
        var connection = (await server.UntilStatusAsync(id, "ready")).GetProperty("connection");
        var pidFile = Path.Combine(_data.Path, "clusters", id, "pgdata", "postmaster.pid");
        var killed = (await File.ReadAllLinesAsync(pidFile))[0];

        await ServerProcess.KillProcessAsync(int.Parse(killed, System.Globalization.CultureInfo.InvariantCulture));

        await server.UntilAsync(id, database => database.GetProperty("status_reason").ValueKind != JsonValueKind.Null || IsNew());
        var healed = await server.UntilAsync(id, database =>
            database.GetProperty("status").GetString() == "ready" && database.GetProperty("status_reason").ValueKind == JsonValueKind.Null && IsNew());
        Assert.Equal(connection.ToString(), healed.GetProperty("connection").ToString());

        bool IsNew() => File.Exists(pidFile) && File.ReadAllLines(pidFile) is [var pid, ..] && pid != killed;
    }

    [Fact]
    public async Task A_PostgreSQL_that_will_not_start_is_a_reason_and_heals_when_it_can()
    {
        await using var server = await ServerProcess.StartAsync(_data);
        await server.CreateTierAsync(strategy: "freeze");
        var id = await server.CreateDatabaseAsync("orders");
        await server.UntilStatusAsync(id, "ready");
        await server.SendAsync(HttpMethod.Delete, $"/databases/{id}");
        await server.UntilStatusAsync(id, "frozen");
        var control = Path.Combine(_data.Path, "clusters", id, "pgdata", "global", "pg_control");
        File.Move(control, $"{control}.away");

        await server.SendAsync(HttpMethod.Post, $"/databases/{id}/unfreeze");
        var reason = (await server.UntilStatusAsync(id, "error")).GetProperty("status_reason");
        Assert.Equal("postgres-start-failed", reason.GetProperty("code").GetString());
        Assert.Contains("pg_control", reason.GetProperty("message").GetString(), StringComparison.Ordinal);

        File.Move($"{control}.away", control);
        await server.UntilStatusAsync(id, "ready");
    }

    [Fact]
    public async Task A_platform_store_that_is_killed_is_started_again_and_requests_go_on()
    {
        await using var server = await ServerProcess.StartAsync(_data);
        await server.CreateTierAsync();
        var pid = int.Parse((await File.ReadAllLinesAsync(Path.Combine(_data.Path, "platform", "pgdata", "postmaster.pid")))[0], System.Globalization.CultureInfo.InvariantCulture);

        await ServerProcess.KillProcessAsync(pid);
        await server.UntilHealthyAsync();

        await ServerProcess.UntilAnsweredAsync(() => server.CreateDatabaseAsync("orders"));
    }
}
