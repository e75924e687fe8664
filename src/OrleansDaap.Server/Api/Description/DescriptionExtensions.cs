using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Description;

/// <summary>What an endpoint's signature does not say.</summary>
internal static class DescriptionExtensions
{
    public const string Limit = "limit";

    public static RouteHandlerBuilder Takes<TBody>(this RouteHandlerBuilder endpoint, bool mergePatch = false) =>
        endpoint.WithMetadata(new TakesBody(typeof(TBody), mergePatch));

    public static RouteHandlerBuilder TakesQuery<T>(this RouteHandlerBuilder endpoint, string name, string description) =>
        endpoint.WithMetadata(new TakesQuery(name, typeof(T), description));

    public static RouteHandlerBuilder TakesPage(this RouteHandlerBuilder endpoint) => endpoint
        .TakesQuery<int>(Limit, "Items at most, from 1 to 200; 50 when not given.")
        .TakesQuery<string>("cursor", "The \"next_cursor\" of the page before.");

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params ProblemCode[] codes) =>
        endpoint.WithMetadata(new Refuses(codes));

    public static RouteHandlerBuilder AnswersOneOf(this RouteHandlerBuilder endpoint, params Type[] types) =>
        endpoint.WithMetadata(new AnswersOneOf(types));

    public static RouteHandlerBuilder AnswersETag(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new AnswersETag());

    public static RouteHandlerBuilder TakesIfMatch(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new TakesIfMatch()).Refuses(ProblemCode.PreconditionFailed, ProblemCode.MalformedRequest);
}
