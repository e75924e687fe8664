using System.Text;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using OrleansDaap.Server.Api.Bodies;
using OrleansDaap.Server.Api.Pipeline;

namespace OrleansDaap.Server.Api.PassingOn;

/// <summary>A request as it is passed on: the same target, headers and body, and who sent it.</summary>
internal static class PassedOnRequest
{
    public const string SecretHeader = "Daap-Passed-On";
    public const string ClientHeader = "X-Forwarded-For";

    /// <summary>About one connection, or made anew for the next one.</summary>
    private static readonly HashSet<string> NotPassedOn = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Connection, HeaderNames.KeepAlive, HeaderNames.ProxyAuthenticate, HeaderNames.ProxyAuthorization, HeaderNames.ProxyConnection,
        HeaderNames.TE, HeaderNames.Trailer, HeaderNames.TransferEncoding, HeaderNames.Upgrade, HeaderNames.Expect, HeaderNames.ContentLength,
        HeaderNames.Date, HeaderNames.Server, RequestIds.Header, SecretHeader, ClientHeader,
    };

    /// <summary>Reads the body; of one that is too long only so much that the active node sees that it is, which has to refuse it.</summary>
    public static async Task<byte[]> ReadBodyAsync(HttpRequest request)
    {
        // Whoever asks first is told without having sent it.
        if (request.ContentLength > JsonBody.MaxBytes && request.Headers.Expect.Count > 0)
            return new byte[JsonBody.MaxBytes + 1];
        using var kept = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted) is > 0 and var count)
        {
            // The rest is read and thrown away, so that its sender gets to read the refusal.
            kept.Write(buffer, 0, (int)Math.Min(count, JsonBody.MaxBytes + 1 - kept.Length));
        }

        return kept.ToArray();
    }

    public static HttpRequestMessage Make(HttpContext context, byte[] body, ActiveNodePlace place)
    {
        // There is a content also without a body: the client would send such a request a second time when its connection breaks.
        var message = new HttpRequestMessage(new HttpMethod(context.Request.Method), TargetOf(context.Request, place.Address))
        {
            Content = new ByteArrayContent(body),
        };
        foreach (var (name, values) in context.Request.Headers)
        {
            if (!NotPassedOn.Contains(name) && !message.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                message.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        message.Headers.TryAddWithoutValidation(RequestIds.Header, context.Call().RequestId);
        message.Headers.TryAddWithoutValidation(SecretHeader, place.Secret);
        message.Headers.TryAddWithoutValidation(ClientHeader, context.Connection.RemoteIpAddress?.ToString());
        return message;
    }

    /// <summary>Sends the active node's answer as ours.</summary>
    public static async Task AnswerAsync(HttpResponseMessage answer, HttpResponse response)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (!NotPassedOn.Contains(name))
                response.Headers[name] = values.ToArray();
        }

        var body = await answer.Content.ReadAsByteArrayAsync(response.HttpContext.RequestAborted);
        if (body.Length > 0)
            await response.Body.WriteAsync(body, response.HttpContext.RequestAborted);
    }

    /// <summary>As it came, letter by letter. It is put behind the address, not resolved against it: <c>//elsewhere</c> is a path too.</summary>
    private static Uri TargetOf(HttpRequest request, Uri address)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var target = raw is ['/', ..] ? raw : UriHelper.BuildRelative(request.PathBase, request.Path, request.QueryString);
        return new Uri(
            new StringBuilder(address.GetLeftPart(UriPartial.Authority)).Append(target).ToString(),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }
}
