using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OrleansDaap.IntegrationTests.Servers;

namespace OrleansDaap.IntegrationTests.Fuzz;

/// <summary>One run from a seed: what was sent and answered so far decides what is sent next, and nothing else does.</summary>
internal sealed class FuzzRun : IDisposable
{
    private readonly Random _random;
    private readonly World _world;
    private readonly RequestMaker _maker;
    private readonly Mutator _mutator;
    private readonly AnswerCheck _check;
    private readonly IReadOnlyList<Operation> _operations;
    private readonly HashSet<string> _succeeded = [];
    private readonly Dictionary<string, string> _refusals = [];
    private readonly HttpClient _http;
    private readonly Uri _server;

    private FuzzRun(InProcessServer server, int seed, JsonElement description, IReadOnlyList<(string Id, string Key)> teams, string revoked)
    {
        _server = server.Address;
        _random = new Random(seed);
        var operations = Operation.All(description);

        // Most that can be asked for is asked of databases, so more of them are made than each other thing is done.
        _operations = [.. operations, .. Enumerable.Repeat(operations.Single(operation => operation.Id == "create-database"), 4)];
        _check = new(description);
        _world = new(_random, teams.Select(team => team.Id).ToHashSet());
        _maker = new(_random, _world, [("X-API-Key", server.Key), .. teams.Select(team => ("X-API-Key", team.Key))]);
        _mutator = new(
            _random, new(_random), ["", " ", "x", "daap_", "daap__", "daap_aaaaaaaa_", "daap_é", $"daap_aaaaaaaa_{new string('a', 43)}", new('k', 257), new('k', 8000), revoked, teams[0].Key]);
        _http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8, AllowAutoRedirect = false });
    }

    /// <summary>With the last refusal of each that had nothing wrong put into it.</summary>
    public IEnumerable<string> NeverSucceeded =>
        _operations.Select(operation => operation.Id).Distinct().Except(_succeeded).Select(id => $"{id}: {_refusals.GetValueOrDefault(id, "never sent unspoilt")}");

    public static async Task<FuzzRun> StartAsync(InProcessServer server, int seed)
    {
        var description = await server.Http.GetFromJsonAsync<JsonElement>("/openapi.json");
        var teams = new List<(string, string)> { await NewKeyAsync(server, "checkout"), await NewKeyAsync(server, "search") };
        var (revokedId, revoked) = await NewKeyAsync(server, "checkout");
        (await server.Http.DeleteAsync($"/api-keys/{revokedId}")).Dispose();
        var platform = (await server.Http.GetFromJsonAsync<JsonElement>("/api-keys")).GetProperty("items").EnumerateArray().Last().GetProperty("id").GetString()!;
        return new(server, seed, description, [.. teams, (platform, server.Key)], revoked);
    }

    public async Task<(FuzzRequest Request, (string? Mistake, int Status, string Text) Answer)> SendAsync()
    {
        var request = _maker.Make(_operations[_random.Next(_operations.Count)]);
        for (var mutations = _random.Next(4); mutations > 0; mutations--)
            request = _mutator.Mutate(request);
        using var message = request.ToMessage(_server);
        using var response = await _http.SendAsync(message);
        var text = await response.Content.ReadAsStringAsync();
        var mistake = _check.Mistake(request, response, text, out var body);
        if (mistake is null && response.IsSuccessStatusCode && request.IsAddressed)
        {
            _world.Learn(request.Operation, response, body);
            _succeeded.Add(request.Operation.Id);
        }

        if (request.Mutations.Count == 0 && !response.IsSuccessStatusCode)
            _refusals[request.Operation.Id] = text;
        return (request, (mistake, (int)response.StatusCode, text));
    }

    public void Dispose() => _http.Dispose();

    private static async Task<(string Id, string Key)> NewKeyAsync(InProcessServer server, string team)
    {
        using var answer = await server.Http.PostAsJsonAsync("/api-keys", new { team, role = "product-team" });
        var key = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return (key.GetProperty("id").GetString()!, key.GetProperty("key").GetString()!);
    }
}
