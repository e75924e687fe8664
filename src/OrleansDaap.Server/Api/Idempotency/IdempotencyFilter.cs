using System.Security.Cryptography;
using System.Text;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Bodies;
using OrleansDaap.Server.Api.Pipeline;

namespace OrleansDaap.Server.Api.Idempotency;

/// <summary>
/// Does each POST that carries an <c>Idempotency-Key</c> once, and answers its repetitions with what the first one was answered. A
/// refusal is an answer too; a failure is none, and the next attempt goes on from there. Requests without the header cost nothing.
/// </summary>
internal sealed class IdempotencyFilter(IIdempotencyStore store, ILogger<IdempotencyFilter> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!HttpMethods.IsPost(http.Request.Method) || IdempotencyHeader.Read(http.Request) is not { } word)
            return await next(context);

        var key = await KeyAsync(http, word);
        return await store.ClaimAsync(key, http.RequestAborted) switch
        {
            IdempotencyClaim.Answered known => new ReplayedAnswer(known.Answer),
            IdempotencyClaim.Mine mine => await WorkAsync(context, next, key, mine),
            IdempotencyClaim.Running => throw new ProblemException(
                ProblemCode.RequestInProgress, "A request with this Idempotency-Key is still running; ask again for its answer."),
            _ => throw new ProblemException(
                ProblemCode.IdempotencyKeyReused, "A request with this Idempotency-Key and another body was made in the last 24 hours."),
        };
    }

    private async Task<IResult> WorkAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next, IdempotencyKey key, IdempotencyClaim.Mine claim)
    {
        try
        {
            context.HttpContext.Call().Attempt = claim;
            var answer = await AnswerAsync(context, next);
            var kept = answer is IHoldsSecret secret ? secret.WithoutSecret : answer;
            await store.AnswerAsync(key, claim.Claim, await RenderedAnswer.OfAsync(kept, context.HttpContext));
            return answer;
        }
        catch
        {
            await ReleaseAsync(context.HttpContext, key, claim);
            throw;
        }
    }

    private static async Task<IResult> AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return (IResult)(await next(context))!;
        }
        catch (ProblemException problem) when (Problems.Describe(problem.Code).Status < StatusCodes.Status500InternalServerError)
        {
            return new ProblemAnswer(problem);
        }
    }

    private async Task ReleaseAsync(HttpContext http, IdempotencyKey key, IdempotencyClaim.Mine claim)
    {
        try
        {
            await store.ReleaseAsync(key, claim.Claim);
        }
        catch (Exception exception)
        {
            // Its lease runs out by itself.
            IdempotencyLog.NotReleased(logger, http.Call().RequestId, exception);
        }
    }

    private static async Task<IdempotencyKey> KeyAsync(HttpContext http, string word)
    {
        var caller = http.Caller();
        var body = await JsonBody.BufferAsync(http.Request);
        var route = $"{http.GetEndpoint()?.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName}/{http.Request.RouteValues["id"]}";

        // A team may have keys of both roles, and they may not see each other's answers.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{WireName.Of(caller.Role)}\n"));
        hash.AppendData(body);
        return new(caller.Team, route, word, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
