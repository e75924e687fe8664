using System.Globalization;
using System.Net;
using System.Text.Json;

namespace OrleansDaap.IntegrationTests.Fuzz;

/// <summary>Judges answers by the description alone.</summary>
internal sealed class AnswerCheck(JsonElement description)
{
    private const string ProblemType = "application/problem+json";
    private readonly SchemaCheck _schemas = new(description);

    /// <summary>What is wrong with an answer; null when nothing is.</summary>
    public string? Mistake(FuzzRequest request, HttpResponseMessage response, string text, out JsonElement body)
    {
        body = default;
        var status = (int)response.StatusCode;
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        if (status >= 500)
            return "it failed";
        if (IsNoRequest(request, response, text))
            return null;
        if (Header(response, "X-Request-Id") is not { } id)
            return "the answer has no X-Request-Id";
        if (request.Method == "HEAD")
            return null;
        if (mediaType?.EndsWith("json", StringComparison.Ordinal) == true)
            body = JsonDocument.Parse(text).RootElement;

        // What was kept under an Idempotency-Key is answered as it was, with the id of the request that it first answered.
        var answered = Header(response, "Idempotency-Replayed") is null ? id : null;
        if (status >= 400 && MistakeInProblem(status, mediaType, body, answered) is { } wrong)
            return wrong;
        return request.IsAddressed ? MistakeByDescription(request.Operation, response, mediaType, body, text) : null;
    }

    /// <summary>A path with U+0000 is none to the web server, which ends the connection before there is a request to answer.</summary>
    private static bool IsNoRequest(FuzzRequest request, HttpResponseMessage response, string text) =>
        response.StatusCode == HttpStatusCode.BadRequest && text.Length == 0 && response.Headers.ConnectionClose == true
        && request.Path.Contains("%00", StringComparison.Ordinal);

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? values.Single() : null;

    private string? MistakeInProblem(int status, string? mediaType, JsonElement body, string? id)
    {
        if (mediaType != ProblemType)
            return "an error is no problem document";
        if (_schemas.Mistake(body, _schemas.Resolve("#/components/schemas/Problem")) is { } mistake)
            return mistake;
        var code = body.GetProperty("code").GetString();
        return body.GetProperty("type").GetString() != $"urn:daap:problem:{code}" ? "the problem's type is not its code's"
            : body.GetProperty("status").GetInt32() != status ? "the problem's status is not the answer's"
            : id is not null && body.GetProperty("request_id").GetString() != id ? "the problem's request_id is not the answer's"
            : string.IsNullOrWhiteSpace(body.GetProperty("title").GetString()) ? "the problem has no title"
            : null;
    }

    private string? MistakeByDescription(Operation operation, HttpResponseMessage response, string? mediaType, JsonElement body, string text)
    {
        var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (!operation.Responses.TryGetProperty(status, out var described))
            return $"{status} is not described";
        foreach (var header in described.GetProperty("headers").EnumerateObject())
        {
            var isAlways = _schemas.Resolve(header.Value.GetProperty("$ref").GetString()!).TryGetProperty("required", out var required) && required.GetBoolean();
            if (isAlways && Header(response, header.Name) is null)
                return $"the answer has no {header.Name}";
        }

        if (!described.TryGetProperty("content", out var content))
            return text.Length == 0 ? null : "a body is not described";
        if (mediaType is null || !content.TryGetProperty(mediaType, out var media))
            return $"{mediaType} is not described";
        if (body.ValueKind == JsonValueKind.Undefined)
            return text.Length > 0 ? null : "the body is empty";
        return mediaType == ProblemType && !media.GetProperty("examples").TryGetProperty(body.GetProperty("code").GetString()!, out _)
            ? $"the problem {body.GetProperty("code")} is not described"
            : _schemas.Mistake(body, media.GetProperty("schema"));
    }
}
