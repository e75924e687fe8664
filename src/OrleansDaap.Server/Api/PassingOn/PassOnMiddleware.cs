using System.Net;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Pipeline;

namespace OrleansDaap.Server.Api.PassingOn;

/// <summary>
/// On a standby, passes on whatever may change something, before anybody asks who is calling: the active node authenticates, limits, and writes
/// the audit log. On the active node, believes the others for whom they ask.
/// </summary>
internal sealed class PassOnMiddleware(RequestDelegate next, IActiveNode active, Forwarder forwarder)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Headers.TryGetValue(PassedOnRequest.SecretHeader, out var shown))
            TakeOver(context, shown.ToString());
        else if (!active.IsHere && !AnswerMiddleware.IsRead(context.Request.Method))
            return forwarder.PassOnAsync(context);
        return next(context);
    }

    /// <summary>A client may send these headers too: it gets nothing from it but this refusal.</summary>
    private void TakeOver(HttpContext context, string shown)
    {
        if (!active.IsHere || !active.IsOurSecret(shown))
        {
            // Passing it on again could go in a circle.
            context.Call().IsPassedOn = true;
            throw new ProblemException(ProblemCode.PlatformStoreUnavailable, "This node is not the active one any more. Try again.");
        }

        if (IPAddress.TryParse(context.Request.Headers[PassedOnRequest.ClientHeader], out var client))
            context.Connection.RemoteIpAddress = client;
    }
}
