using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>A POST of a database with an Idempotency-Key, sent as often as it takes.</summary>
internal sealed class KeyedRequest(string name)
{
    private readonly string _key = Guid.NewGuid().ToString("N");

    /// <summary>The first answer that arrived; null while it is not known what became of the request.</summary>
    public KeyedAnswer? Answer { get; private set; }

    /// <summary>Sends it once. A connection that breaks and a server that is not ready are no answers.</summary>
    public async Task<KeyedAnswer?> SendAsync(ServerProcess server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/databases")
        {
            Content = JsonContent.Create(new { name, owner_team = "checkout", purpose = "a test", tier = "dev" }),
        };
        request.Headers.Add("Idempotency-Key", _key);
        try
        {
            using var response = await server.Http.SendAsync(request);
            var answer = new KeyedAnswer(
                response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Contains("Idempotency-Replayed"));
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                Answer ??= answer;
            }

            return answer;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public sealed record KeyedAnswer(HttpStatusCode Status, string Text, bool Replayed)
    {
        public string? this[string property] => JsonDocument.Parse(Text).RootElement.GetProperty(property).GetString();
    }
}
