using OrleansDaap.Common;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>Makes the audit log's entry for a request.</summary>
internal static class AuditEntries
{
    private const string UnknownAction = "unknown";
    private const int MaxResourceLength = 512;

    /// <param name="context">The request.</param>
    /// <param name="outcome">What became of it, or what will have become of it when its change is stored.</param>
    /// <param name="status">The HTTP status that says so.</param>
    /// <param name="now">The time.</param>
    public static AuditEntry Of(HttpContext context, string outcome, int status, DateTimeOffset now)
    {
        var call = context.Call();
        var path = context.Request.Path.Value ?? "/";
        return new(
            SortableId.New(now),
            now,
            call.RequestId,
            call.Caller?.Team,
            call.Caller is { } caller ? WireName.Of(caller.Role) : null,
            call.Caller?.ApiKeyId,
            ActionOf(context),
            path.Length <= MaxResourceLength ? path : path[..MaxResourceLength],
            outcome,
            status,
            RemoteAddress(context.Connection));
    }

    /// <summary>The operation's name in the API's description.</summary>
    public static string ActionOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? UnknownAction;

    private static string? RemoteAddress(ConnectionInfo connection) =>
        (connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : connection.RemoteIpAddress)?.ToString();
}
