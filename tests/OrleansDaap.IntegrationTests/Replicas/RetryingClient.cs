using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansDaap.IntegrationTests.Replicas;

/// <summary>A client as the README tells clients to be: asks one server after the other, with the same Idempotency-Key, until one answers.</summary>
internal sealed class RetryingClient(IReadOnlyList<Replica> replicas, string key) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly HttpClient _http = new() { Timeout = OneTry };
    private int _turn;

    /// <summary>The ids of the requests that were answered with success, of those that change something.</summary>
    public ConcurrentBag<string> Succeeded { get; } = [];

    public async Task<ReplicaAnswer> SendAsync(HttpMethod method, string path, object? body = null)
    {
        var idempotencyKey = Guid.NewGuid().ToString("N");
        using var patience = new CancellationTokenSource(Patience);
        using var pace = new PeriodicTimer(Pause);
        while (true)
        {
            if (replicas[(int)((uint)Interlocked.Increment(ref _turn) % replicas.Count)].Address is { } address
                && await TryAsync(address, method, path, body, idempotencyKey) is { } answer)
            {
                return answer;
            }

            await pace.WaitForNextTickAsync(patience.Token);
        }
    }

    /// <summary>Asks one server once; null when it does not answer, or says that it cannot just now.</summary>
    public async Task<ReplicaAnswer?> TryAsync(Uri address, HttpMethod method, string path, object? body = null, string? idempotencyKey = null, TimeSpan? within = null)
    {
        var id = Guid.NewGuid().ToString("N");
        using var request = new HttpRequestMessage(method, new Uri(address, path)) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-API-Key", key);
        request.Headers.Add("X-Request-Id", id);
        if (method == HttpMethod.Post && idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        try
        {
            using var limit = new CancellationTokenSource(within ?? OneTry);
            using var answer = await _http.SendAsync(request, limit.Token);
            var text = await answer.Content.ReadAsStringAsync(limit.Token);
            if (answer.StatusCode is HttpStatusCode.ServiceUnavailable || IsStillRunning(answer, text))
                return null;
            if (method != HttpMethod.Get && answer.IsSuccessStatusCode)
                Succeeded.Add(id);
            return new(answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = (await SendAsync(HttpMethod.Get, $"{path}{(path.Contains('?') ? '&' : '?')}limit=200{(cursor is null ? "" : $"&cursor={cursor}")}")).Json;
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        return items;
    }

    public void Dispose() => _http.Dispose();

    private static bool IsStillRunning(HttpResponseMessage answer, string text) =>
        answer.StatusCode == HttpStatusCode.Conflict && text.Contains("request-in-progress", StringComparison.Ordinal);
}
