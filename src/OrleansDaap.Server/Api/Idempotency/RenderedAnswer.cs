using System.Text;
using Microsoft.Net.Http.Headers;
using OrleansDaap.Access;
using OrleansDaap.Server.Api.Pipeline;

namespace OrleansDaap.Server.Api.Idempotency;

/// <summary>Writes an answer down instead of sending it.</summary>
internal static class RenderedAnswer
{
    public static async Task<StoredAnswer> OfAsync(IResult answer, HttpContext http)
    {
        using var body = new MemoryStream();
        var paper = new DefaultHttpContext { RequestServices = http.RequestServices };
        paper.Request.PathBase = http.Request.PathBase;
        paper.Features.Set(http.Call());
        paper.Response.Body = body;
        await answer.ExecuteAsync(paper);
        await paper.Response.CompleteAsync();
        return new(
            paper.Response.StatusCode,
            Outcomes.Of(answer),
            paper.Response.ContentType,
            paper.Response.Headers
                .Where(header => header.Key != HeaderNames.ContentType && header.Key != HeaderNames.ContentLength)
                .ToDictionary(header => header.Key, header => header.Value.ToString()),
            Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length));
    }
}
