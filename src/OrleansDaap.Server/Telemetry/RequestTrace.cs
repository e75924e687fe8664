using System.Diagnostics;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Server.Api.Pipeline;

namespace OrleansDaap.Server.Telemetry;

/// <summary>Says in a request's span what it was about: which operation, by which request id, of which database.</summary>
internal static class RequestTrace
{
    public static void Describe(HttpContext context)
    {
        if (Activity.Current is not { IsAllDataRequested: true } span) return;
        span.DisplayName = AuditEntries.ActionOf(context);
        span.SetTag("daap.request.id", context.TraceIdentifier);
        if (DatabaseOf(context) is { } database) span.SetTag(DatabaseTelemetry.DatabaseTag, database);
    }

    // Of what was asked for, or else of what was made.
    private static string? DatabaseOf(HttpContext context) =>
        context.Request.RouteValues.Values.OfType<string>().Concat(context.Response.Headers.Location.ToString().Split('/'))
            .FirstOrDefault(part => DatabaseId.TryParse(part, out _));
}
