using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansDaap.CloudNativePg.Kubernetes.Http;

/// <summary>A request that may be sent more than once.</summary>
internal sealed record ApiRequest(HttpMethod Method, string PathAndQuery)
{
    public const string Apply = "application/apply-patch+yaml";
    public const string MergePatch = "application/merge-patch+json";

    public JsonObject? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>The words of a refusal may repeat what was sent: they are kept out of exceptions.</summary>
    public bool IsSecret { get; init; }

    public HttpRequestMessage ToMessage(Uri server)
    {
        // A server may lie below a path, as behind Rancher.
        var message = new HttpRequestMessage(Method, new Uri(server.AbsoluteUri.TrimEnd('/') + PathAndQuery));
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (Body is not null)
        {
            // JSON is YAML.
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body.ToJsonString()));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        }

        return message;
    }

    public override string ToString() => $"{Method} {PathAndQuery.Split('?')[0]}";
}
