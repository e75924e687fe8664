using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansDaap.Benchmarks;

/// <summary>One way to ask for a list of databases, and the cursors of all its pages.</summary>
internal sealed class ListFilter(string query, string? apiKey = null)
{
    private const int Page = 50;
    private readonly List<string> _cursors = [""];

    public string Query => apiKey is null ? query : $"{query} with a product team's key";

    /// <summary>Reads the list to its end, in large pages.</summary>
    public async Task FindPagesAsync(HttpClient http)
    {
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await ReadAsync(http, cursor, limit: 200);
            cursor = page.GetProperty("next_cursor").GetString();
            if (cursor is not null)
            {
                _cursors.Add(cursor);
            }
        }
    }

    public Task ReadAnyAsync(HttpClient http) => ReadAsync(http, _cursors[Random.Shared.Next(_cursors.Count)], Page);

    private async Task<JsonElement> ReadAsync(HttpClient http, string cursor, int limit)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"/databases?limit={limit}{(query.Length > 0 ? "&" : "")}{query}{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
        if (apiKey is not null)
        {
            request.Headers.Authorization = new("Bearer", apiKey);
        }

        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
