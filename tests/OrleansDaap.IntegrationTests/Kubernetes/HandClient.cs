using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using OrleansDaap.Testing.Kubernetes;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>Somebody with kubectl.</summary>
internal static class HandClient
{
    public static async Task PatchAsync(TestApiServer server, string path, JsonObject patch)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(server.Url, path));
        request.Headers.UserAgent.ParseAdd("kubectl-edit/1.34");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestApiServer.Token);
        request.Content = new StringContent(patch.ToJsonString(), Encoding.UTF8, "application/merge-patch+json");
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }
}
