using Microsoft.Net.Http.Headers;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Wire;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>A refusal or a failure as a problem document.</summary>
internal sealed class ProblemAnswer(ProblemException problem) : IResult, IStatusCodeHttpResult, IHasOutcome
{
    public const string ContentType = "application/problem+json";

    /// <summary>
    /// A store or a backend that is away is worth asking again after a second: a standby takes over within five. Any rate limit gives
    /// the next permit within a second, since its rate is a whole number of them.
    /// </summary>
    private const string RetryAfterSeconds = "1";

    public string Outcome => Problems.Describe(problem.Code).Code;

    public int? StatusCode => Problems.Describe(problem.Code).Status;

    public static bool IsWorthAnotherTry(int status) => status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var body = ProblemResponse.Of(problem, httpContext.Call().RequestId);
        var response = httpContext.Response;
        response.StatusCode = body.Status;
        if (body.Status == StatusCodes.Status401Unauthorized)
            response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        if (IsWorthAnotherTry(body.Status))
            response.Headers[HeaderNames.RetryAfter] = RetryAfterSeconds;
        return response.WriteAsJsonAsync(body, WireJson.Readable.ProblemResponse, ContentType);
    }
}
