using OrleansDaap.Access;

namespace OrleansDaap.Server.Api.Pipeline;

internal static class CallExtensions
{
    public static Call Call(this HttpContext context) =>
        context.Features.Get<Call>() ?? throw new InvalidOperationException("The request has not come through the API's pipeline.");

    /// <summary>Who is calling; for endpoints that need a key.</summary>
    public static Caller Caller(this HttpContext context) =>
        context.Call().Caller ?? throw new InvalidOperationException("The endpoint takes callers without a key.");
}
