using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Npgsql;
using OrleansDaap.Server.Api.PassingOn;
using OrleansDaap.Testing;
using Xunit;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>Two servers on one PostgreSQL, and clients who do not know which of them is the active one.</summary>
public sealed class PassingOnTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly IPAddress Client = IPAddress.Parse("127.0.0.7");
    private string _connectionString = "";
    private InProcessServer _active = null!;
    private InProcessServer _standby = null!;

    public async Task InitializeAsync()
    {
        if (TestPostgres.SkipReason is not null) return;
        _connectionString = await postgres.Server.CreateDatabaseAsync();
        _active = await InProcessServer.StartAsync(_connectionString);
        _standby = await _active.StartBesideAsync(_connectionString);
    }

    public async Task DisposeAsync()
    {
        if (_standby is not null) await _standby.DisposeAsync();
        if (_active is not null) await _active.DisposeAsync();
    }

    [PostgresFact]
    public async Task A_change_asked_of_the_standby_is_made_by_the_active_node_and_shown_by_both()
    {
        await AddTierAsync(_standby.Http);
        using var created = await CreateAsync(_standby.Http, "orders");
        var database = await created.Content.ReadFromJsonAsync<JsonElement>();
        var path = created.Headers.Location!.ToString();
        Assert.Equal($"/databases/{database.GetProperty("id")}", path);
        Assert.StartsWith("/operations/", Assert.Single(created.Headers.GetValues("Operation-Location")), StringComparison.Ordinal);

        foreach (var server in new[] { _standby, _active })
        {
            using var read = await server.Http.GetAsync($"/api/v1{path}");
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
            Assert.NotNull(read.Headers.ETag);
            Assert.Equal(1, (await server.Http.GetFromJsonAsync<JsonElement>("/tiers/dev/quota")).GetProperty("used").GetProperty("databases").GetInt32());
        }

        using var revoked = await _standby.Http.DeleteAsync($"/tiers/dev");
        Assert.Equal((HttpStatusCode.Conflict, "application/problem+json"), (revoked.StatusCode, revoked.Content.Headers.ContentType?.MediaType));
    }

    [PostgresFact]
    public async Task The_audit_log_knows_the_client_and_the_request_and_not_the_node_between()
    {
        using var http = ClientOf(_standby);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/tiers") { Content = JsonContent.Create(Tier) };
        request.Headers.Add("X-Request-Id", "the-request");
        request.Headers.Add(PassedOnRequest.ClientHeader, "8.8.8.8");
        using var answer = await http.SendAsync(request);
        Assert.Equal((HttpStatusCode.Created, "the-request"), (answer.StatusCode, Assert.Single(answer.Headers.GetValues("X-Request-Id"))));

        var entry = await FindEntryAsync("/audit-log?action=create-tier");
        Assert.Equal(("the-request", "accepted", Client.ToString()), (Text(entry, "request_id"), Text(entry, "outcome"), Text(entry, "remote_address")));
    }

    [PostgresFact]
    public async Task Who_has_no_key_is_refused_and_written_down_also_when_only_asking_a_standby()
    {
        using var http = ClientOf(_standby);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "a-guess");
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/databases")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsync("/databases", content: null)).StatusCode);

        var entries = (await _active.Http.GetFromJsonAsync<JsonElement>("/audit-log?outcome=unauthenticated")).GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(["create-database", "list-databases"], entries.Select(entry => Text(entry, "action")));
        Assert.All(entries, entry => Assert.Equal(Client.ToString(), Text(entry, "remote_address")));
    }

    [PostgresFact]
    public async Task A_key_that_is_revoked_is_refused_by_the_standby_at_once()
    {
        using var made = await _standby.Http.PostAsJsonAsync("/api-keys", new { team = "checkout", role = "product-team" });
        var key = await made.Content.ReadFromJsonAsync<JsonElement>();
        using var http = new HttpClient { BaseAddress = _standby.Address };
        http.DefaultRequestHeaders.Add("X-API-Key", Text(key, "key"));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/databases")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync("/api-keys")).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await _active.Http.DeleteAsync($"/api-keys/{Text(key, "id")}")).StatusCode);

        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/databases")).StatusCode);
    }

    [PostgresFact]
    public async Task Nobody_else_can_say_for_whom_it_asks_nor_make_a_request_go_in_a_circle()
    {
        foreach (var server in new[] { _standby, _active })
        {
            using var forged = new HttpRequestMessage(HttpMethod.Post, "/tiers") { Content = JsonContent.Create(Tier) };
            forged.Headers.Add(PassedOnRequest.SecretHeader, "of-my-own");
            forged.Headers.Add(PassedOnRequest.ClientHeader, "8.8.8.8");
            using var refused = await server.Http.SendAsync(forged);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1)), (refused.StatusCode, refused.Headers.RetryAfter?.Delta));
        }

        using var http = ClientOf(_active);
        http.DefaultRequestHeaders.Add(PassedOnRequest.ClientHeader, "8.8.8.8");
        await AddTierAsync(http);
        Assert.Equal(Client.ToString(), Text(await FindEntryAsync("/audit-log?action=create-tier"), "remote_address"));
    }

    [PostgresFact]
    public async Task Conditions_keys_and_bodies_that_are_too_long_mean_the_same_on_a_standby()
    {
        await AddTierAsync(_standby.Http);
        using var first = await CreateAsync(_standby.Http, "orders", "a-key");
        using var again = await CreateAsync(_active.Http, "orders", "a-key");
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.True(again.Headers.Contains("Idempotency-Replayed"));

        using var conditional = new HttpRequestMessage(HttpMethod.Delete, first.Headers.Location);
        conditional.Headers.IfMatch.Add(new EntityTagHeaderValue("\"stale\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _standby.Http.SendAsync(conditional)).StatusCode);

        using var tooLong = await _standby.Http.PostAsync("/tiers", new StringContent(new string(' ', 3 * 1024 * 1024), null, "application/json"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLong.StatusCode);
        Assert.Equal("payload-too-large", Text(await FindEntryAsync("/audit-log?outcome=payload-too-large"), "outcome"));

        using var elsewhere = new HttpRequestMessage(HttpMethod.Post, new Uri($"{_standby.Address}/elsewhere.invalid/%2F?a=%20b"));
        Assert.Equal(HttpStatusCode.NotFound, (await _standby.Http.SendAsync(elsewhere)).StatusCode);
    }

    [PostgresFact]
    public async Task A_standby_is_healthy_while_there_is_an_active_node_and_becomes_one_when_that_stops()
    {
        using var standing = await _standby.Http.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, standing.StatusCode);
        Assert.Contains("standby", await standing.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await AddTierAsync(_standby.Http);
        await _active.DisposeAsync();
        _active = null!;
        await _standby.UntilActiveAsync();

        using var created = await CreateAsync(_standby.Http, "orders");
        Assert.Equal(HttpStatusCode.Accepted, created.StatusCode);
    }

    [PostgresFact]
    public async Task Without_an_active_node_that_answers_a_change_is_refused_and_not_tried_twice_unless_that_is_harmless()
    {
        await AddTierAsync(_active.Http);
        var reached = await SqlAsync("SELECT address FROM silo_fence");
        using var breaking = new BreakingServer();
        await SqlAsync($"UPDATE silo_fence SET address = '{breaking.Address}'");
        using var unknown = await CreateAsync(_standby.Http, "orders");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.StatusCode);
        Assert.Contains("unknown", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, breaking.Requests);

        var repeated = CreateAsync(_standby.Http, "orders", "a-key");
        await breaking.UntilRequestsAsync(3);
        await SqlAsync($"UPDATE silo_fence SET address = '{reached}'");
        using var answer = await repeated;
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);

        await SqlAsync("UPDATE silo_fence SET session = 0");
        using var none = await CreateAsync(_standby.Http, "carts");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1)), (none.StatusCode, none.Headers.RetryAfter?.Delta));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _standby.Http.GetAsync("/health")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _standby.Http.GetAsync("/databases")).StatusCode);
    }

    private static object Tier { get; } = new
    {
        id = "dev",
        description = "For trying things out",
        postgres_version = 15,
        instances = 1,
        cpu_cores = 1,
        memory_gib = 1,
        storage = new { size_gib = 1 },
        destruction_strategy = "hard",
    };

    private static async Task AddTierAsync(HttpClient http)
    {
        using var answer = await http.PostAsJsonAsync("/tiers", Tier);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    private static Task<HttpResponseMessage> CreateAsync(HttpClient http, string name, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/databases")
        {
            Content = JsonContent.Create(new { name, owner_team = "checkout", purpose = "a test", tier = "dev" }),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return http.SendAsync(request);
    }

    private static string? Text(JsonElement json, string property) => json.GetProperty(property).GetString();

    private async Task<JsonElement> FindEntryAsync(string path) =>
        Assert.Single((await _active.Http.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").EnumerateArray());

    /// <summary>A client with an address of its own.</summary>
    private static HttpClient ClientOf(InProcessServer server)
    {
        var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(Client, 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = server.Address,
        };
        http.DefaultRequestHeaders.Authorization = server.Http.DefaultRequestHeaders.Authorization;
        return http;
    }

    private async Task<string?> SqlAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (await command.ExecuteScalarAsync())?.ToString();
    }
}
