using Microsoft.Net.Http.Headers;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Limits;
using OrleansDaap.Server.Api.PassingOn;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>Finds out who is calling, whether the endpoint is for them, and whether they call too fast.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, Records records, RequestLimits limits, IActiveNode active, Forwarder forwarder)
{
    public const string KeyHeader = "X-API-Key";
    private const string BearerPrefix = "Bearer ";

    /// <summary>Longer keys are not looked at; ours have 57 characters.</summary>
    private const int MaxKeyLength = 256;

    public async Task InvokeAsync(HttpContext context)
    {
        // Routing's own answers, such as the one for a wrong method, are no route endpoints and need no rule.
        if (context.GetEndpoint() is RouteEndpoint endpoint)
        {
            var rule = endpoint.Metadata.GetMetadata<AccessRule>()
                ?? throw new InvalidOperationException($"No rule says who may call {endpoint.DisplayName}.");
            if (rule.NeedsKey)
            {
                var key = PresentedKey(context.Request.Headers);
                var caller = await FindAsync(key, context.RequestAborted);
                if (caller is null && !active.IsHere)
                {
                    // Failures are counted in one place, and written down.
                    await forwarder.PassOnAsync(context);
                    return;
                }

                context.Call().Caller = caller ?? throw Refused(key, context.Connection);
                limits.CountCall(caller.ApiKeyId);
            }

            if (context.Call().Caller is { } known && !rule.Roles.Contains(known.Role))
                throw new ProblemException(ProblemCode.Forbidden, $"This is for the {WireName.Of(rule.Roles[0])}.");
        }

        await next(context);
    }

    private async Task<Caller?> FindAsync(string? key, CancellationToken cancellationToken) =>
        key is { Length: > 0 and <= MaxKeyLength } ? await records.CallerAsync(key, cancellationToken) : null;

    private ProblemException Refused(string? key, ConnectionInfo connection)
    {
        // Only failures count against the address: whoever shares it and has a key is let in while another guesses.
        limits.CountFailure(connection.RemoteIpAddress);
        return new(
            ProblemCode.Unauthenticated,
            key is { Length: > 0 } ? "The key is unknown, expired or revoked." : $"Send a key as Authorization: Bearer, or as {KeyHeader}.");
    }

    private static string? PresentedKey(IHeaderDictionary headers)
    {
        var authorization = headers[HeaderNames.Authorization];
        if (authorization.Count == 1 && authorization[0]!.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
            return authorization[0]![BearerPrefix.Length..].Trim();
        var header = headers[KeyHeader];
        return header.Count == 1 ? header[0]!.Trim() : null;
    }
}
