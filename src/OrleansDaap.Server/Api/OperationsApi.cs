using Microsoft.AspNetCore.Http.HttpResults;
using OrleansDaap.Backups;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Server.Api.Bodies;
using OrleansDaap.Server.Api.Description;
using OrleansDaap.Server.Api.Pipeline;
using OrleansDaap.Server.Api.Wire;

namespace OrleansDaap.Server.Api;

/// <summary>The long work on databases, which they keep themselves.</summary>
internal static class OperationsApi
{
    public static void MapOperations(this IEndpointRouteBuilder app)
    {
        app.MapGet("/databases/{id}/operations", ListAsync).WithName("list-operations").WithTags("Operations").RequiresAnyRole()
            .WithSummary("List a database's operations").WithDescription("The latest ones, newest first, with the backups that were asked for; those of the schedule are in the list of backups only.")
            .TakesPage().Refuses(ProblemCode.ValidationFailed, ProblemCode.NotFound);
        app.MapGet("/operations/{id}", GetAsync).WithName("get-operation").WithTags("Operations").RequiresAnyRole()
            .WithSummary("Show an operation")
            .WithDescription("How far it has come, step by step.").Refuses(ProblemCode.NotFound, ProblemCode.BackendUnavailable);
    }

    private static async Task<Ok<ListResponse<OperationResponse>>> ListAsync(string id, HttpContext http, Records records)
    {
        var query = new QueryReader(http.Request);
        var wanted = query.Page();
        query.ThrowIfMistaken();
        var database = await records.VisibleDatabaseAsync(DatabasesApi.ParseId(id), http.Caller(), http.RequestAborted);
        var page = OperationPages.Of(database, wanted);
        return TypedResults.Ok(ListResponse<OperationResponse>.Of(page, operation => OperationResponse.Of(database.Id, operation)));
    }

    private static async Task<Ok<OperationResponse>> GetAsync(string id, HttpContext http, Records records, IPostgresBackend backend)
    {
        if (BackupIds.TryGetDatabase(id, out var backedUp))
        {
            var source = await records.VisibleDatabaseAsync(backedUp, http.Caller(), http.RequestAborted);
            return TypedResults.Ok(BackupOperations.Of(source.Backups ?? new BackupState()).FirstOrDefault(asked => asked.Id == id) is { } known
                ? OperationResponse.Of(source.Id, known)
                : OperationResponse.Of(await BackupPages.FindAsync(source, backend, id, http.RequestAborted)));
        }

        if (!OperationId.TryGetDatabase(id, out var databaseId))
            throw NotFound();
        var database = await records.DatabaseAsync(databaseId, http.RequestAborted);
        return database is not null && http.Caller().Sees(database.OwnerTeam) && database.Operations.FirstOrDefault(known => known.Id == id) is { } operation
            ? TypedResults.Ok(OperationResponse.Of(databaseId, operation))
            : throw NotFound();
    }

    private static ProblemException NotFound() => ProblemException.NotFound("such operation");
}
