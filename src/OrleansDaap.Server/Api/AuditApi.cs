using Microsoft.AspNetCore.Http.HttpResults;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Bodies;
using OrleansDaap.Server.Api.Description;
using OrleansDaap.Server.Api.Pipeline;
using OrleansDaap.Server.Api.Wire;

namespace OrleansDaap.Server.Api;

/// <summary>Who changed or tried to change what: all of it for the platform team, its own for each product team.</summary>
internal static class AuditApi
{
    public static void MapAudit(this IEndpointRouteBuilder app) =>
        app.MapGet("/audit-log", ListAsync).WithName("list-audit-log").WithTags("Audit").RequiresAnyRole().WithSummary("List what was done and tried")
            .WithDescription("Every call that changed or tried to change anything, and every failed authentication. Product teams see their own team's calls.")
            .TakesPage().TakesQuery<string>("team", "Only calls with this team's keys.").TakesQuery<string>("action", "Only this operation, such as create-database.")
            .TakesQuery<string>("resource", "Only calls of this path, such as /tiers/production.")
            .TakesQuery<string>("outcome", "Only this outcome: accepted, or a problem's code.")
            .TakesQuery<string>("api_key_id", "Only calls with this key.").TakesQuery<DateTimeOffset>("from", "Only from this moment on.")
            .TakesQuery<DateTimeOffset>("to", "Only before this moment.").Refuses(ProblemCode.ValidationFailed);

    private static async Task<Ok<ListResponse<AuditEntryResponse>>> ListAsync(HttpContext http, IAuditListing listing)
    {
        var query = new QueryReader(http.Request);
        var wanted = query.Page();
        var filter = new AuditFilter(
            query.Text("team"), query.Text("action"), query.Text("resource"), query.Text("outcome"), query.Text("api_key_id"),
            query.Time("from"), query.Time("to"));
        query.ThrowIfMistaken();
        var caller = http.Caller();
        var page = filter.Team is { } team && !caller.Sees(team)
            ? new Page<AuditEntry>([], null)
            : await listing.ListAsync(caller.Role == Role.ProductTeam ? filter with { Team = caller.Team } : filter, wanted, http.RequestAborted);
        return TypedResults.Ok(ListResponse<AuditEntryResponse>.Of(page, AuditEntryResponse.Of));
    }
}
