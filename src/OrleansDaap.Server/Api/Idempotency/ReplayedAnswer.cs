using OrleansDaap.Access;
using OrleansDaap.Server.Api.Pipeline;

namespace OrleansDaap.Server.Api.Idempotency;

/// <summary>What the same request was answered before.</summary>
internal sealed class ReplayedAnswer(StoredAnswer answer) : IResult, IStatusCodeHttpResult, IHasOutcome
{
    public int? StatusCode => answer.Status;

    public string Outcome => answer.Outcome;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers)
            response.Headers[name] = value;
        response.Headers[IdempotencyHeader.Replayed] = "true";
        return response.WriteAsync(answer.Body);
    }
}
