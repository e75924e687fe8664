using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Kubernetes;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>
/// Sends the recorded requests, in their order, to a test API server, with those in between that were made but not recorded, and keeps the
/// answers.
/// </summary>
public sealed class ReplayedExchanges : IAsyncDisposable
{
    private const string Clusters = "/apis/postgresql.cnpg.io/v1/namespaces/daap-team-a/clusters";
    private const string Finalizers = """{"metadata":{"finalizers":["daap.io/hold"]}}""";
    private const string NoFinalizers = """{"metadata":{"finalizers":null}}""";

    private readonly Lazy<Task<Dictionary<string, (int Status, string Body)>>> _answers;
    private readonly Dictionary<string, string> _uids = [];
    private readonly HttpClient _http = new();
    private TestApiServer _server = null!;
    private IReadOnlyList<string> _watched = [];

    public ReplayedExchanges() => _answers = new Lazy<Task<Dictionary<string, (int, string)>>>(ReplayAsync);

    internal Task<Dictionary<string, (int Status, string Body)>> AnswersAsync() => _answers.Value;

    /// <summary>The lines of a watch from and to the moments of the recorded one.</summary>
    internal async Task<IReadOnlyList<string>> WatchedAsync()
    {
        await AnswersAsync();
        return _watched;
    }

    private async Task<IReadOnlyList<string>> WatchAsync()
    {
        var lines = File.ReadAllLines(RecordedExchange.WatchStream).Length;
        using var request = Request("GET", $"{Clusters}?watch=1&resourceVersion=263&allowWatchBookmarks=true", "cluster-admin");
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var seen = new List<string>();
        while (seen.Count < lines)
        {
            // The recorded one ended with two bookmarks, when nothing had happened for a while.
            if (seen.Count >= lines - 2) _server.SendBookmarks();
            seen.Add((await reader.ReadLineAsync())!);
        }

        return seen;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_server is not null) await _server.DisposeAsync();
    }

    private async Task<Dictionary<string, (int, string)>> ReplayAsync()
    {
        _server = await TestApiServer.StartAsync(new TestApiServer.Options
        {
            Kinds = CustomKinds.InDirectory(RequiresCnpgDefinitionsAttribute.FoundDirectory),
            Time = new ManualClock(),
            FirstRevision = 250,
        });
        _server.Tokens["alices"] = "alice";
        _server.Denied["alice"] = _ => true;

        var answers = new Dictionary<string, (int, string)>();
        foreach (var exchange in RecordedExchange.All)
        {
            await PrepareAsync(exchange);
            var answer = await SendAsync(exchange.Method, exchange.PathAndQuery, exchange.Caller, exchange.ContentType, exchange.Body?.ToJsonString());
            answers[exchange.Name] = answer;
            Learn(exchange.Answer, JsonNode.Parse(answer.Body));
            await FollowUpAsync(exchange);
        }

        return answers;
    }

    // What was asked before it, and not recorded.
    private async Task PrepareAsync(RecordedExchange exchange)
    {
        switch (exchange.Name)
        {
            case "22-put-stale":
                var fresh = exchange.Body!.DeepClone();
                fresh["spec"]!["instances"] = 2;
                await ChangeAsync("PUT", $"{Clusters}/db-1", "application/json", fresh.ToJsonString());
                break;
            case "28-list-first-page":
                foreach (var name in (string[])["db-3", "db-4", "db-5", "db-6", "db-7"]) await ApplyAsync(name, 3);
                break;
            case "36-watch-expired-resource-version":
                await ApplyAsync("db-w", 3);
                await ApplyAsync("db-w", 1);
                await ChangeAsync("DELETE", $"{Clusters}/db-w", null, null);
                break;
            case "38-delete-with-finalizer":
                await ChangeAsync("PATCH", $"{Clusters}/db-3", "application/merge-patch+json", Finalizers);
                break;
        }
    }

    private async Task FollowUpAsync(RecordedExchange exchange)
    {
        // Controllers put a service account and a certificate into a new namespace.
        if (exchange.Name == "01-namespace-apply-creates") _server.Store.Skip(2);
        if (exchange.Name == "39-get-deleting") await ChangeAsync("PATCH", $"{Clusters}/db-3", "application/merge-patch+json", NoFinalizers);
        if (exchange.Name == "42-delete") _watched = await WatchAsync();
    }

    private Task ApplyAsync(string name, int instances) => ChangeAsync(
        "PATCH",
        $"{Clusters}/{name}?fieldManager=daap&force=true",
        "application/apply-patch+yaml",
        $$"""
        {apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: {{name}} }, spec: {instances: {{instances}}, storage: {size: 1Gi} } }
        """);

    private async Task ChangeAsync(string method, string path, string? contentType, string? body)
    {
        var (status, answer) = await SendAsync(method, path, "cluster-admin", contentType, body);
        if (status is not (200 or 201)) throw new InvalidOperationException($"{method} {path}: {answer}");
    }

    private async Task<(int Status, string Body)> SendAsync(string method, string path, string caller, string? contentType, string? body)
    {
        using var request = Request(method, path, caller);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(_uids.Aggregate(body, (text, uid) => text.Replace(uid.Key, uid.Value, StringComparison.Ordinal))));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType!);
        }

        using var response = await _http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private HttpRequestMessage Request(string method, string path, string caller)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_server.Url, path));
        request.Headers.UserAgent.ParseAdd("Python-urllib/3.11");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", caller switch
        {
            "cluster-admin" => TestApiServer.Token,
            "no-rights" => "alices",
            _ => "of nobody",
        });
        return request;
    }

    // The objects of the replay have uids of their own.
    private void Learn(JsonNode recorded, JsonNode? answered)
    {
        if (recorded["metadata"]?["uid"]?.GetValue<string>() is { } uid && answered?["metadata"]?["uid"]?.GetValue<string>() is { } own) _uids[uid] = own;
    }
}
