using System.Net;
using System.Text.Json;

namespace OrleansDaap.CloudNativePg.Kubernetes.Http;

/// <summary>Reads the API server's <c>Status</c> documents.</summary>
internal static class ApiFailure
{
    /// <summary>A page of a proxy in between may be any length.</summary>
    private const int LongestBody = 1 << 20;

    public static async Task<KubernetesException> ReadAsync(ApiRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        JsonElement? status = null;
        if (response.Content.Headers.ContentLength is not > LongestBody)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            status = TryParse(body);
        }

        return From(request, response.StatusCode, status);
    }

    /// <param name="request">What was asked.</param>
    /// <param name="code">Of the answer, or in the document of a watch's error event.</param>
    /// <param name="status">The document; null when the answer was something else.</param>
    public static KubernetesException From(ApiRequest request, HttpStatusCode code, JsonElement? status)
    {
        var document = status is { ValueKind: JsonValueKind.Object } json ? new KubernetesObject(json) : null;
        var isStatus = document?.Text("kind") == "Status";
        var reason = document?.Text("reason");
        var words = request.IsSecret ? null : document?.Text("message");
        return new KubernetesException($"{request} was answered {(int)code}{(reason is null ? "" : $" {reason}")}{(words is null ? "." : $": {words}")}")
        {
            Status = code,
            Reason = reason,
            HasNoReason = isStatus && reason is null,
            Causes = document?.At("details", "causes") is { ValueKind: JsonValueKind.Array } causes
                ? [.. causes.EnumerateArray().Select(cause => Cause(new KubernetesObject(cause), request.IsSecret))]
                : [],
        };
    }

    private static StatusCause Cause(KubernetesObject cause, bool isSecret) => new(cause.Text("reason"), isSecret ? null : cause.Text("message"), cause.Text("field"));

    private static JsonElement? TryParse(byte[] body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
