namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>Keeps an endpoint's answer from being sent; <see cref="AnswerMiddleware"/> sends it when its time has come.</summary>
internal sealed class HoldAnswerFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Call().Answer = (IResult?)await next(context);
        return Results.Empty;
    }
}
