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

/// <summary>The backups of a database, and new databases that are made of them.</summary>
internal static class BackupsApi
{
    /// <summary>What tells a restored database's name from its source's: a dash and the end of its id.</summary>
    private const int NameTail = 6;

    public static void MapBackups(this IEndpointRouteBuilder app)
    {
        var backups = app.MapGroup("/databases/{id}").WithTags("Backups").RequiresAnyRole();
        backups.MapPost("/backups", CreateAsync).WithName("create-backup").WithSummary("Take a backup")
            .WithDescription("Answers at once; follow the operation, or the backup itself. One at a time is taken of a database.")
            .Takes<NewBackupRequest>().Refuses(ProblemCode.NotFound, ProblemCode.InvalidState, ProblemCode.BackupNotConfigured);
        backups.MapGet("/backups", ListAsync).WithName("list-backups").WithSummary("List a database's backups")
            .WithDescription("Those that wait for their turn and those that failed lately too; newest first.")
            .TakesPage().Refuses(ProblemCode.ValidationFailed, ProblemCode.NotFound, ProblemCode.BackendUnavailable);
        backups.MapGet("/backups/{backup}", GetAsync).WithName("get-backup").WithSummary("Show a backup")
            .WithDescription("Gone when its retention has ended.").Refuses(ProblemCode.NotFound, ProblemCode.BackendUnavailable);
        backups.MapPost("/restore", RestoreAsync).WithName("restore-database").WithSummary("Restore to a moment, into a new database")
            .WithDescription(
                "The source may be ready, frozen, archived or in error, and stays as it is. The new database is of the source's tier, with credentials "
                + "of its own. A moment after the last commit means all of it.")
            .Takes<NewRestoreRequest>().Refuses(
                ProblemCode.NotFound, ProblemCode.NameTaken, ProblemCode.InvalidState, ProblemCode.QuotaExceeded, ProblemCode.BackupNotConfigured,
                ProblemCode.RestoreTargetOutOfRange, ProblemCode.BackendUnavailable);
    }

    private static async Task<AcceptedBackup> CreateAsync(
        string id, HttpContext http, IGrainFactory grains, Records records, IPostgresBackend backend, TimeProvider time)
    {
        var database = await records.VisibleDatabaseAsync(DatabasesApi.ParseId(id), http.Caller(), http.RequestAborted);
        var request = (await JsonBody.ReadAsync(http.Request, WireJson.Default.NewBackupRequest)).Checked();

        // A repeated request has the id that it had before, so that the backup is not taken twice.
        var name = BackupIds.Backup(database.Id, http.Call().Attempt?.ResourceId ?? SortableId.New(time.GetUtcNow()));
        var (grain, wanted) = (grains.GetGrain<IDatabaseGrain>(database.Id.Value), new BackupRequest(name, request.Type!.Value));
        database = await http.ChangeAsync(
            StatusCodes.Status202Accepted, entry => GrainCalls.OnceMoreAsync(() => grain.BackUpAsync(wanted, entry)));
        return new(await BackupPages.FindAsync(database, backend, name, CancellationToken.None));
    }

    private static async Task<Ok<ListResponse<BackupResponse>>> ListAsync(string id, HttpContext http, Records records, IPostgresBackend backend)
    {
        var query = new QueryReader(http.Request);
        var wanted = query.Page();
        query.ThrowIfMistaken();
        var database = await records.VisibleDatabaseAsync(DatabasesApi.ParseId(id), http.Caller(), http.RequestAborted);
        var page = BackupPages.Of(await BackupPages.AllAsync(database, backend, http.RequestAborted), wanted);
        return TypedResults.Ok(ListResponse<BackupResponse>.Of(page, backup => backup));
    }

    private static async Task<Ok<BackupResponse>> GetAsync(
        string id, string backup, HttpContext http, Records records, IPostgresBackend backend)
    {
        var database = await records.VisibleDatabaseAsync(DatabasesApi.ParseId(id), http.Caller(), http.RequestAborted);
        return TypedResults.Ok(await BackupPages.FindAsync(database, backend, backup, http.RequestAborted));
    }

    private static async Task<AcceptedDatabase> RestoreAsync(string id, HttpContext http, IGrainFactory grains, Records records, TimeProvider time)
    {
        var source = await records.VisibleDatabaseAsync(DatabasesApi.ParseId(id), http.Caller(), http.RequestAborted);
        var request = (await JsonBody.ReadAsync(http.Request, WireJson.Default.NewRestoreRequest)).Checked();
        var restored = http.Call().Attempt is { } attempt ? DatabaseId.From(attempt.ResourceId) : DatabaseId.New(time.GetUtcNow());
        var grain = grains.GetGrain<IDatabaseGrain>(restored.Value);
        var wanted = new NewDatabase(
            request.Name ?? NameOf(source, restored),
            source.OwnerTeam,
            request.Purpose ?? source.Purpose,
            source.Tier.Id,
            DeletionProtection: false,
            new RecoverySource(source.Id, request.TargetTime!.Value.ToUniversalTime()));
        return new(await http.ChangeAsync(StatusCodes.Status202Accepted, entry => GrainCalls.OnceMoreAsync(() => grain.CreateAsync(wanted, entry))));
    }

    private static string NameOf(DatabaseState source, DatabaseId restored)
    {
        var longest = Slug.MaxNameLength - NameTail - 1;
        var stem = source.Name.Length <= longest ? source.Name : source.Name[..longest].TrimEnd('-');
        return $"{stem}-{restored.Value[^NameTail..]}";
    }
}
