using Microsoft.AspNetCore.Http.HttpResults;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Server.Api.Bodies;
using OrleansDaap.Server.Api.Description;
using OrleansDaap.Server.Api.Pipeline;
using OrleansDaap.Server.Api.Wire;

namespace OrleansDaap.Server.Api;

/// <summary>Databases: each team's own; the platform team's are all.</summary>
internal static class DatabasesApi
{
    public static void MapDatabases(this IEndpointRouteBuilder app)
    {
        var databases = app.MapGroup("/databases").WithTags("Databases").RequiresAnyRole();
        databases.MapPost("", CreateAsync).WithName("create-database").WithSummary("Ask for a database")
            .WithDescription("Answers at once; follow the operation, or the database's status.")
            .Takes<NewDatabaseRequest>().Refuses(ProblemCode.Forbidden, ProblemCode.NameTaken, ProblemCode.QuotaExceeded);
        databases.MapGet("", ListAsync).WithName("list-databases").WithSummary("List databases")
            .WithDescription("Product teams see their own. Deleted ones only show with status=deleted.")
            .TakesPage().TakesQuery<string>("owner_team", "Only this team's.").TakesQuery<DatabaseStatus>("status", "Only those in this status.")
            .TakesQuery<string>("tier", "Only those of this tier.").TakesQuery<string>("name", "Only those of this name.")
            .Refuses(ProblemCode.ValidationFailed);
        databases.MapGet("/{id}", GetAsync).WithName("get-database").WithSummary("Show a database")
            .WithDescription("Another team's is as if it were not there.").Refuses(ProblemCode.NotFound);
        databases.MapPatch("/{id}", PatchAsync).WithName("update-database").WithSummary("Change a database's description")
            .WithDescription("A merge patch: what is left out stays as it is.")
            .Takes<DatabasePatchRequest>(mergePatch: true).TakesIfMatch()
            .Refuses(ProblemCode.Forbidden, ProblemCode.NotFound, ProblemCode.NameTaken, ProblemCode.InvalidState);
        databases.MapDelete("/{id}", DeleteAsync).WithName("delete-database").WithSummary("Delete a database")
            .WithDescription("Does what its tier says: freeze, archive or remove. A restore that is not ready yet is removed whatever its tier says. Backups that are being restored from are removed when that is over. Repeating it is harmless.")
            .TakesQuery<bool>("force", "Remove it and every backup, whatever the tier says; for the platform team.")
            .TakesIfMatch().Refuses(
                ProblemCode.ValidationFailed, ProblemCode.Forbidden, ProblemCode.NotFound, ProblemCode.DeletionProtected,
                ProblemCode.InvalidState, ProblemCode.BackupNotConfigured);
        app.MapPost("/databases/{id}/tier", MoveAsync).WithTags("Databases").Requires(Role.PlatformTeam)
            .WithName("move-database").WithSummary("Move a database to a tier's current revision")
            .WithDescription(
                "Takes a place in the tier's quota first, and gives the old one back once the cluster has followed. The database must be ready, or in "
                + "error, and keeps its data: a tier with less storage, another major version of PostgreSQL or another storage class is a mistake in "
                + "the field. One that is at this revision already is answered as it is. To undo a move, move back.")
            .Takes<TierMoveRequest>().Refuses(ProblemCode.NotFound, ProblemCode.InvalidState, ProblemCode.QuotaExceeded);
        databases.MapPost("/{id}/unfreeze", UnfreezeAsync).WithName("unfreeze-database").WithSummary("Unfreeze a database")
            .WithDescription("It comes back with its data; answers at once.")
            .Refuses(ProblemCode.NotFound, ProblemCode.InvalidState);
    }

    public static DatabaseId ParseId(string id) => DatabaseId.TryParse(id, out var parsed) ? parsed : throw ProblemException.NotFound("such database");

    private static async Task<AcceptedDatabase> CreateAsync(HttpContext http, IGrainFactory grains, Records records, TimeProvider time)
    {
        var caller = http.Caller();
        var bound = await JsonBody.ReadAsync(http.Request, WireJson.Default.NewDatabaseRequest);
        if (caller.Role == Role.PlatformTeam && bound.Draft.OwnerTeam is null)
            bound.Mistakes.AddUnlessCovered("owner_team", "is required");
        await JudgeTierAsync(bound, records, http.RequestAborted);
        var request = bound.Checked();
        var team = request.OwnerTeam ?? caller.Team;
        RefuseOtherTeam(caller, team);

        // A repeated request has the id that it had before, so that what the first attempt made is found and not made again.
        var id = http.Call().Attempt is { } attempt ? DatabaseId.From(attempt.ResourceId) : DatabaseId.New(time.GetUtcNow());
        var grain = grains.GetGrain<IDatabaseGrain>(id.Value);
        var wanted = new NewDatabase(request.Name!, team, request.Purpose!, request.Tier!, request.DeletionProtection ?? false);
        return new(await http.ChangeAsync(StatusCodes.Status202Accepted, entry => GrainCalls.OnceMoreAsync(() => grain.CreateAsync(wanted, entry))));
    }

    private static async Task<Ok<ListResponse<DatabaseResponse>>> ListAsync(HttpContext http, IDatabaseListing listing, TimeProvider time)
    {
        var query = new QueryReader(http.Request);
        var wanted = query.Page();
        var filter = new DatabaseFilter(query.Text("owner_team"), query.Word<DatabaseStatus>("status"), query.Text("tier"), query.Text("name"));
        query.ThrowIfMistaken();
        var caller = http.Caller();
        var page = filter.OwnerTeam is { } team && !caller.Sees(team)
            ? new Page<DatabaseState>([], null)
            : await listing.ListAsync(
                caller.Role == Role.ProductTeam ? filter with { OwnerTeam = caller.Team } : filter, wanted, http.RequestAborted);
        return TypedResults.Ok(ListResponse<DatabaseResponse>.Of(page, database => DatabaseResponse.Of(database, time.GetUtcNow())));
    }

    private static async Task<Tagged<Ok<DatabaseResponse>>> GetAsync(string id, HttpContext http, Records records) =>
        Shown(await records.VisibleDatabaseAsync(ParseId(id), http.Caller(), http.RequestAborted), http);

    private static async Task<Tagged<Ok<DatabaseResponse>>> PatchAsync(string id, HttpContext http, IGrainFactory grains, Records records)
    {
        var caller = http.Caller();
        var condition = http.Request.IfMatch();
        var database = await records.VisibleDatabaseAsync(ParseId(id), caller, http.RequestAborted);
        var bound = await JsonBody.ReadAsync(http.Request, WireJson.Default.DatabasePatchRequest, mergePatch: true);
        var request = bound.Checked();
        RefuseOtherTeam(caller, request.OwnerTeam ?? database.OwnerTeam);
        var grain = grains.GetGrain<IDatabaseGrain>(database.Id.Value);
        var change = new DatabaseChange(request.OwnerTeam, request.Purpose, request.DeletionProtection);
        return Shown(await http.ChangeAsync(StatusCodes.Status200OK, entry => grain.ChangeAsync(change, condition, entry)), http);
    }

    private static async Task<AcceptedDatabase> DeleteAsync(string id, HttpContext http, IGrainFactory grains, Records records)
    {
        var caller = http.Caller();
        var condition = http.Request.IfMatch();
        var query = new QueryReader(http.Request);
        var hard = query.Flag("force");
        query.ThrowIfMistaken();
        var database = await records.VisibleDatabaseAsync(ParseId(id), caller, http.RequestAborted);
        if (hard && caller.Role != Role.PlatformTeam)
            throw new ProblemException(ProblemCode.Forbidden, "force is for the platform-team.");
        var grain = grains.GetGrain<IDatabaseGrain>(database.Id.Value);

        // A condition that held before does not hold after, so with one it is not harmless to ask twice.
        return new(await http.ChangeAsync(StatusCodes.Status202Accepted, entry => condition is null
            ? GrainCalls.OnceMoreAsync(() => grain.DestroyAsync(hard, condition, entry))
            : grain.DestroyAsync(hard, condition, entry)));
    }

    private static async Task<AcceptedDatabase> UnfreezeAsync(string id, HttpContext http, IGrainFactory grains, Records records)
    {
        var database = await records.VisibleDatabaseAsync(ParseId(id), http.Caller(), http.RequestAborted);
        var grain = grains.GetGrain<IDatabaseGrain>(database.Id.Value);
        try
        {
            return new(await http.ChangeAsync(StatusCodes.Status202Accepted, grain.UnfreezeAsync));
        }
        catch (ProblemException problem) when (problem.Code == ProblemCode.InvalidState && IsUnfrozenByFormerAttempt(http, database))
        {
            return new(database);
        }
    }

    private static async Task<AcceptedDatabase> MoveAsync(string id, HttpContext http, IGrainFactory grains, Records records)
    {
        var database = await records.VisibleDatabaseAsync(ParseId(id), http.Caller(), http.RequestAborted);
        var request = (await JsonBody.ReadAsync(http.Request, WireJson.Default.TierMoveRequest)).Checked();
        var grain = grains.GetGrain<IDatabaseGrain>(database.Id.Value);
        return new(await http.ChangeAsync(StatusCodes.Status202Accepted, entry => GrainCalls.OnceMoreAsync(() => grain.MoveAsync(request.Tier!, entry))));
    }

    private static Tagged<Ok<DatabaseResponse>> Shown(DatabaseState database, HttpContext http) => Tagged.Of(
        TypedResults.Ok(DatabaseResponse.Of(database, http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow())), database.ETag);

    private static bool IsUnfrozenByFormerAttempt(HttpContext http, DatabaseState database) =>
        http.Call().Attempt is { IsRetaken: true } && database.Operations is [.., { Kind: OperationKind.Unfreeze }];

    private static void RefuseOtherTeam(Caller caller, string team)
    {
        if (!caller.Sees(team))
            throw new ProblemException(ProblemCode.Forbidden, "A product team's databases are its own; owner_team must be yours or left out.");
    }

    /// <summary>The grain looks at the tier anyway; only when the request is refused already is it looked up here, to tell all at once.</summary>
    private static async Task JudgeTierAsync(Bound<NewDatabaseRequest> bound, Records records, CancellationToken cancellationToken)
    {
        if (bound.Mistakes.Any && bound.Draft.Tier is { } tier && await records.TierAsync(tier, cancellationToken) is null)
            bound.Mistakes.Add("tier", "is no tier");
    }
}
