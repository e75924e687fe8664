using OrleansDaap.Access;
using OrleansDaap.Server.Api.Metrics;
using OrleansDaap.Server.Telemetry;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>
/// Around everything: names the request, turns whatever came of it into one answer, puts what changed nothing and failed authentications
/// into the audit log, where changes put themselves (<see cref="Changes"/>), and only then sends the answer. So nobody ever holds an answer that
/// the audit log does not know.
/// </summary>
internal sealed class AnswerMiddleware(RequestDelegate next, IAuditLog auditLog, TimeProvider time, ILogger<AnswerMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var call = new Call { RequestId = RequestIds.Take(context.Request, time.GetUtcNow()) };
        context.TraceIdentifier = call.RequestId;
        context.Features.Set(call);
        context.Response.Headers[RequestIds.Header] = call.RequestId;
        context.Response.Headers.XContentTypeOptions = "nosniff";

        var answer = await RunAsync(context, call);
        var status = (answer as IStatusCodeHttpResult)?.StatusCode ?? context.Response.StatusCode;
        if (!call.IsPassedOn && IsAudited(context.Request.Method, status) && !await AuditAsync(context, call, answer, status))
            answer = ProblemAnswers.NotAudited();
        if (answer is not null)
            await SendAsync(context, call, answer);
        RequestTrace.Describe(context);
        var took = time.GetElapsedTime(started);
        RequestMetrics.Answered(AuditEntries.ActionOf(context), context.Response.StatusCode, took);
        ApiLog.Answered(
            logger, call.RequestId, context.Request.Method, context.Request.Path, context.Response.StatusCode, took.TotalMilliseconds);
    }

    /// <summary>Whether requests of this method change nothing, ever.</summary>
    public static bool IsRead(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    /// <summary>Null when something else has answered already, such as the pages under /docs.</summary>
    private async Task<IResult?> RunAsync(HttpContext context, Call call)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception) when (IsClientGone(exception, context))
        {
            return ProblemAnswers.Of(StatusCodes.Status499ClientClosedRequest);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            return ProblemAnswers.Of(exception, call.RequestId, logger);
        }

        if (call.Answer is not null || context.Response.HasStarted)
            return call.Answer;
        var status = context.Response.StatusCode;
        return status >= StatusCodes.Status400BadRequest ? ProblemAnswers.Of(status) : null;
    }

    private static bool IsAudited(string method, int status) => !IsRead(method) || status == StatusCodes.Status401Unauthorized;

    private async Task<bool> AuditAsync(HttpContext context, Call call, IResult? answer, int status)
    {
        // What came of the request may be another thing than what its entry foretold: then the log tells both.
        var foretold = call.Entry is { } entry && entry.Status == status && entry.Outcome == Outcomes.Of(answer) ? entry : null;
        if (foretold is not null && call.IsEntryStored)
            return true;
        try
        {
            // By its own id: should it have been stored without anybody hearing of it, it is not there twice.
            await auditLog.AppendAsync(foretold ?? AuditEntries.Of(context, Outcomes.Of(answer), status, time.GetUtcNow()));
            return true;
        }
        catch (Exception exception)
        {
            ApiLog.NotAudited(logger, call.RequestId, AuditEntries.ActionOf(context), exception);
            return false;
        }
    }

    private async Task SendAsync(HttpContext context, Call call, IResult answer)
    {
        try
        {
            await answer.ExecuteAsync(context);
        }
        catch (Exception exception) when (IsClientGone(exception, context))
        {
            // There is nobody to answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await ProblemAnswers.Of(exception, call.RequestId, logger).ExecuteAsync(context);
        }
    }

    private static bool IsClientGone(Exception exception, HttpContext context) =>
        exception is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested;
}
