using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes.Http;
using OrleansDaap.Testing.Kubernetes;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>Somebody with kubectl.</summary>
internal sealed class HandClient(TestApiServer server) : IDisposable
{
    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    public Task<(int Status, JsonNode Answer, string Warnings)> ApplyAsync(string path, string manager, JsonObject manifest, bool force = false) =>
        SendAsync("PATCH", $"{path}?fieldManager={manager}{(force ? "&force=true" : "")}", ApiRequest.Apply, manifest);

    public Task<(int Status, JsonNode Answer, string Warnings)> PatchAsync(string path, JsonObject patch) => SendAsync("PATCH", path, ApiRequest.MergePatch, patch);

    public async Task<(int Status, JsonNode Answer, string Warnings)> SendAsync(string method, string path, string contentType = "application/json", JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Url, path));
        request.Headers.UserAgent.ParseAdd("kubectl-edit/1.34");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestApiServer.Token);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, contentType);
        using var response = await _http.SendAsync(request);
        var warnings = response.Headers.TryGetValues("Warning", out var found) ? string.Join(' ', found) : "";
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!, warnings);
    }
}
