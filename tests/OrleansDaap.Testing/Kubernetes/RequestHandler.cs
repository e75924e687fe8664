using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>Understands requests, asks who they are from, and answers.</summary>
internal sealed class RequestHandler(
    TestApiServer server, IReadOnlyDictionary<(string Group, string Version, string Plural), ServedKind> kinds, ObjectReader reader, ObjectWriter writer, WatchSender watches)
{
    private static readonly byte[] Version = Encoding.UTF8.GetBytes("""
        {"major":"1","minor":"26","gitVersion":"v1.26.5","gitCommit":"$Format:%H$","gitTreeState":"clean","buildDate":"1970-01-01T00:00:00Z",
         "goVersion":"go1.19.8","compiler":"gc","platform":"linux/amd64"}
        """);

    public async Task HandleAsync(HttpContext http)
    {
        server.Requests.Enqueue(new SeenRequest(http.Request.Method, http.Request.Path.Value ?? "", http.Request.QueryString.Value ?? "", http.Request.Protocol));
        if (server.Faults.IsUnreachable)
        {
            http.Abort();
            server.Faults.TurnedAway.Release();
            return;
        }

        try
        {
            await AnswerAsync(http);
        }
        catch (Refusal refusal)
        {
            if (refusal.RetryAfter is { } wait) http.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await SendAsync(http, new ApiAnswer(refusal.Code, JsonSerializer.SerializeToUtf8Bytes(refusal.Status)));
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var user = UserOf(http) ?? throw Refusal.Unauthorized();
        if (http.Request.Path == "/version")
        {
            await SendAsync(http, new ApiAnswer(200, Version));
            return;
        }

        var call = await UnderstandAsync(http, user);
        if (server.Denied.TryGetValue(user, out var denied) && denied(call)) throw Refusal.Forbidden(call.Kind, call.Verb, user, call.Key);
        var losesAnswer = await server.Faults.MeetAsync(call);
        if (call.Verb == "watch")
        {
            await watches.ServeAsync(http, call);
            return;
        }

        var answer = Answer(call);
        if (losesAnswer) http.Abort();
        else await SendAsync(http, answer);
    }

    private ApiAnswer Answer(ApiCall call) => call.Verb switch
    {
        "get" => reader.Get(call),
        "list" => reader.List(call),
        "create" => writer.Create(call),
        "update" => writer.Replace(call),
        "delete" => writer.Delete(call),
        _ when call.ContentType == "application/apply-patch+yaml" => writer.Apply(call),
        _ when call.ContentType == "application/merge-patch+json" => writer.Patch(call),
        _ => throw Refusal.Of(415, "UnsupportedMediaType", $"the body of the request was in an unknown format: {call.ContentType}"),
    };

    private async Task<ApiCall> UnderstandAsync(HttpContext http, string user)
    {
        var parts = http.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, version, rest) = parts switch
        {
            ["api", var core, .. var path] => ("", core, path),
            ["apis", var named, var of, .. var path] => (named, of, path),
            _ => throw Refusal.NoSuchPath(),
        };
        var (@namespace, inside) = rest is ["namespaces", var place, _, ..] && rest[2] is not ("status" or "finalize") ? (place, rest[2..]) : (null, rest);
        var (plural, name, subresource) = inside switch
        {
            [var collection] => (collection, "", (string?)null),
            [var collection, var one] => (collection, one, null),
            [var collection, var one, var below] => (collection, one, below),
            _ => throw Refusal.NoSuchPath(),
        };
        if (!kinds.TryGetValue((group, version, plural), out var served) || (subresource is not null && (subresource != "status" || !served.HasStatus))) throw Refusal.NoSuchPath();

        var query = http.Request.Query.ToDictionary(entry => entry.Key, entry => entry.Value.ToString());
        var agent = http.Request.Headers.UserAgent.ToString().Split('/')[0];
        return new ApiCall
        {
            Verb = VerbOf(http.Request.Method, name, query),
            Served = served,
            Key = new ObjectKey(@namespace, name),
            Subresource = subresource,
            Query = query,
            User = user,
            Manager = query.GetValueOrDefault("fieldManager") is { Length: > 0 } manager ? manager : agent,
            ContentType = http.Request.ContentType?.Split(';')[0],
            Body = await BodyAsync(http),
        };
    }

    private static string VerbOf(string method, string name, Dictionary<string, string> query) => method switch
    {
        "GET" when query.GetValueOrDefault("watch") is "true" or "1" => "watch",
        "GET" => name.Length == 0 ? "list" : "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" when name.Length > 0 => "delete",
        _ => throw Refusal.Of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
    };

    private static async Task<JsonNode?> BodyAsync(HttpContext http)
    {
        using var text = new StreamReader(http.Request.Body);
        var body = await text.ReadToEndAsync(http.RequestAborted);
        try
        {
            return body.Length == 0 ? null : http.Request.ContentType?.Contains("yaml", StringComparison.Ordinal) != true ? JsonNode.Parse(body) : YamlText.Parse(body);
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            throw Refusal.Of(400, "BadRequest", $"error decoding the body: {failure.Message}");
        }
    }

    private string? UserOf(HttpContext http)
    {
        if (http.Connection.ClientCertificate is { } certificate) return certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        var header = http.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.Ordinal) ? server.Tokens.GetValueOrDefault(header["Bearer ".Length..]) : null;
    }

    private static async Task SendAsync(HttpContext http, ApiAnswer answer)
    {
        http.Response.StatusCode = answer.Code;
        http.Response.ContentType = "application/json";
        foreach (var warning in answer.Warnings) http.Response.Headers.Append("Warning", $"299 - \"{warning.Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        http.Response.ContentLength = answer.Body.Length;
        await http.Response.Body.WriteAsync(answer.Body);
    }
}
