using System.Net.Http.Json;
using System.Text.Json;
using OrleansDaap.Benchmarks;
using OrleansDaap.Testing.Servers;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>SIGKILL while changes are made: the audit log has each that took effect, and none that did not.</summary>
public sealed class KilledChangesTests : IDisposable
{
    private const int Rounds = 4;
    private const int Callers = 24;
    private readonly ScratchDirectory _data = new();
    private readonly Random _random = new(20261121);
    private TaskCompletionSource _enough = new();
    private int _requests;
    private int _answersLeft;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Every_change_that_took_effect_is_in_the_audit_log_however_the_server_ends()
    {
        var server = await FakeBackendServer.StartAsync(_data);
        await server.CreateTierAsync("dev", "freeze");
        for (var round = 0; round < Rounds; round++)
        {
            (_enough, _answersLeft) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), _random.Next(150, 300));
            var callers = Enumerable.Range(0, Callers).Select(caller => ChangeUntilKilledAsync(server, caller)).ToArray();
            await Task.WhenAny(_enough.Task, Task.WhenAll(callers));
            await server.KillAsync();
            await Task.WhenAll(callers);
            await server.DisposeAsync();
            server = await FakeBackendServer.StartAsync(_data);
        }

        var entries = (await ListAsync(server, "/audit-log?outcome=accepted")).Select(entry => new Entry(
            Text(entry, "action"), Text(entry, "request_id"), Text(entry, "resource"))).ToArray();
        HashSet<Entry> known = [.. entries];
        Assert.Equal(entries.Length, known.Count);

        var databases = await ListAsync(server, "/databases");
        var deleted = await ListAsync(server, "/databases?status=deleted");
        Assert.Equal(Made("create-database"), Named(databases.Concat(deleted), "name"));
        Assert.Equal(Made("create-tier"), Named(await ListAsync(server, "/tiers"), "id"));
        var keys = await ListAsync(server, "/api-keys");
        Assert.Equal(Made("create-api-key"), Named(keys, "description"));
        var revoked = keys.Where(key => key.GetProperty("revoked_at").ValueKind != JsonValueKind.Null).Select(key => $"/api-keys/{Text(key, "id")}");
        Assert.Equal(Resources("revoke-api-key").Order(StringComparer.Ordinal), revoked.Order(StringComparer.Ordinal));
        foreach (var database in databases)
        {
            var path = $"/databases/{Text(database, "id")}";
            if (Text(database, "purpose") is var purpose && purpose.StartsWith('r'))
                Assert.Contains(new Entry("update-database", purpose, path), known);
            var kinds = (await ListAsync(server, $"{path}/operations")).Select(operation => Text(operation, "kind")).ToHashSet();
            if (kinds.Contains("freeze"))
                Assert.Contains(path, Resources("delete-database"));
        }

        // The limit says which request set it.
        var limit = (await server.SendAsync(HttpMethod.Get, "/tiers/dev/quota")).GetProperty("limits").GetProperty("databases").GetInt32();
        Assert.Contains(new Entry("set-quota", $"r{limit - 1_000_000}", "/tiers/dev/quota"), known);
        await server.DisposeAsync();

        IEnumerable<string> Made(string action) =>
            known.Where(entry => entry.Action == action && entry.RequestId.StartsWith('r')).Select(entry => entry.RequestId).Order(StringComparer.Ordinal);

        HashSet<string> Resources(string action) => [.. known.Where(entry => entry.Action == action).Select(entry => entry.Resource)];
    }

    private static string Text(JsonElement item, string member) => item.GetProperty(member).GetString() ?? "";

    private static IEnumerable<string> Named(IEnumerable<JsonElement> items, string member) =>
        items.Select(item => Text(item, member)).Where(name => name.StartsWith('r')).Order(StringComparer.Ordinal);

    private static async Task<List<JsonElement>> ListAsync(ServerProcess server, string path)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await server.SendAsync(
                HttpMethod.Get, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=200{(cursor is null ? "" : $"&cursor={cursor}")}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        return items;
    }

    /// <summary>One change after the other, each called by its request's id wherever a name can be given.</summary>
    private async Task ChangeUntilKilledAsync(ServerProcess server, int caller)
    {
        string? database = null;
        string? key = null;
        try
        {
            for (var turn = caller; ; turn++)
            {
                database ??= Text(await ChangeAsync(HttpMethod.Post, "/databases", id => new { name = id, owner_team = "checkout", purpose = "x", tier = "dev" }), "id");
                key ??= Text(await ChangeAsync(HttpMethod.Post, "/api-keys", id => new { team = "checkout", role = "product-team", description = id }), "id");
                switch (turn % 5)
                {
                    case 0:
                        await ChangeAsync(HttpMethod.Patch, $"/databases/{database}", id => new { purpose = id });
                        break;
                    case 1:
                        await ChangeAsync(HttpMethod.Delete, $"/databases/{database}", _ => null);
                        database = null;
                        break;
                    case 2:
                        await ChangeAsync(HttpMethod.Put, "/tiers/dev/quota", id => new
                        {
                            cpu_cores = (int?)null,
                            memory_gib = (int?)null,
                            storage_gib = (int?)null,
                            databases = 1_000_000 + int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture),
                        });
                        break;
                    case 3:
                        await ChangeAsync(HttpMethod.Delete, $"/api-keys/{key}", _ => null);
                        key = null;
                        break;
                    default:
                        await ChangeAsync(HttpMethod.Post, "/tiers", id => new
                        {
                            id,
                            description = "x",
                            postgres_version = 15,
                            instances = 1,
                            cpu_cores = 1,
                            memory_gib = 1,
                            storage = new { size_gib = 1 },
                            destruction_strategy = "hard",
                        });
                        break;
                }
            }
        }
        catch (HttpRequestException lost) when (lost.StatusCode is null)
        {
            // The server is gone, and nobody was told what came of this one.
        }

        async Task<JsonElement> ChangeAsync(HttpMethod method, string path, Func<string, object?> body)
        {
            var id = $"r{Interlocked.Increment(ref _requests)}";
            using var request = new HttpRequestMessage(method, path) { Content = body(id) is { } content ? JsonContent.Create(content) : null };
            request.Headers.Add("X-Request-Id", id);
            using var answer = await server.Http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {text}");
            if (Interlocked.Decrement(ref _answersLeft) == 0)
                _enough.SetResult();
            return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
        }
    }

    private sealed record Entry(string Action, string RequestId, string Resource);
}
