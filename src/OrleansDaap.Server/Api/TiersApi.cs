using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Quotas;
using OrleansDaap.Server.Api.Bodies;
using OrleansDaap.Server.Api.Description;
using OrleansDaap.Server.Api.Pipeline;
using OrleansDaap.Server.Api.Wire;
using OrleansDaap.Tiers;

namespace OrleansDaap.Server.Api;

/// <summary>Tiers are made by the platform team, and seen by all: by product teams without their machinery.</summary>
internal static class TiersApi
{
    public static void MapTiers(this IEndpointRouteBuilder app)
    {
        var tiers = app.MapGroup("/tiers").WithTags("Tiers");
        tiers.MapPost("", CreateAsync).WithName("create-tier").Requires(Role.PlatformTeam).WithSummary("Make a tier")
            .WithDescription("Its PostgreSQL version must be installed.")
            .Takes<NewTierRequest>().Refuses(ProblemCode.NameTaken, ProblemCode.BackendUnavailable);
        tiers.MapGet("", ListAsync).WithName("list-tiers").RequiresAnyRole().WithSummary("List tiers")
            .WithDescription("Product teams see what a tier promises; the platform team also sees its sizes.")
            .TakesPage().Refuses(ProblemCode.ValidationFailed)
            .AnswersOneOf(typeof(ListResponse<TierResponse>), typeof(ListResponse<ProductTierResponse>));
        tiers.MapGet("/{id}", GetAsync).WithName("get-tier").RequiresAnyRole().WithSummary("Show a tier")
            .WithDescription("Product teams see what a tier promises; the platform team also sees its sizes.")
            .Refuses(ProblemCode.NotFound).AnswersOneOf(typeof(TierResponse), typeof(ProductTierResponse)).AnswersETag();
        tiers.MapPatch("/{id}", PatchAsync).WithName("update-tier").Requires(Role.PlatformTeam).WithSummary("Change a tier")
            .WithDescription("Raises the tier's revision. Databases that exist keep the revision that they were made with.")
            .Takes<TierRequest>(mergePatch: true).TakesIfMatch()
            .Refuses(ProblemCode.NotFound, ProblemCode.BackendUnavailable);
        tiers.MapDelete("/{id}", DeleteAsync).WithName("delete-tier").Requires(Role.PlatformTeam).WithSummary("Remove a tier")
            .WithDescription("Refused while any database that is not deleted refers to it.")
            .TakesIfMatch().Refuses(ProblemCode.NotFound, ProblemCode.TierInUse);
    }

    /// <summary>The grain of a tier that a path names; names that no tier can have are refused here, so that they wake no grain.</summary>
    public static ITierGrain Tier(this IGrainFactory grains, string id) =>
        Slug.IsWellFormed(id, Slug.MaxNameLength) ? grains.GetGrain<ITierGrain>(id) : throw NotFound();

    /// <summary>The tier as it stands; null when there is none.</summary>
    public static Task<TierState?> FindAsync(this ITierGrain tier) => GrainCalls.OnceMoreAsync(tier.GetAsync);

    public static ProblemException NotFound() => ProblemException.NotFound("such tier");

    private static async Task<Tagged<Created<TierResponse>>> CreateAsync(HttpContext http, IGrainFactory grains, IPostgresBackend backend)
    {
        var bound = await JsonBody.ReadAsync(http.Request, WireJson.Default.NewTierRequest);
        await JudgeAsync(bound.Draft, bound.Mistakes, formerVersion: null, backend, http.RequestAborted);
        var request = bound.Checked();
        var grain = grains.GetGrain<ITierGrain>(request.Id!);
        await ForgetFormerQuotaAsync(grain, grains.GetGrain<IQuotaGrain>(request.Id!));
        var tier = await MakeAsync(http, grain, request.ToSpec());
        return Tagged.Of(TypedResults.Created($"{http.Request.PathBase}/tiers/{tier.Id}", TierResponse.Of(tier, databases: 0)), tier.ETag);
    }

    /// <summary>A name that an earlier attempt at the same request took is no name that is taken.</summary>
    private static async Task<TierState> MakeAsync(HttpContext http, ITierGrain grain, TierSpec spec)
    {
        try
        {
            return await http.ChangeAsync(StatusCodes.Status201Created, entry => grain.CreateAsync(spec, entry));
        }
        catch (ProblemException problem) when (problem.Code == ProblemCode.NameTaken && http.Call().Attempt is { IsRetaken: true })
        {
            return await grain.FindAsync() is { Revision: 1 } made && made.Spec == spec ? made : throw new ProblemException(problem.Code, problem.Message);
        }
    }

    /// <summary>A tier that is made anew begins without the limits of a deleted one of its name.</summary>
    private static async Task ForgetFormerQuotaAsync(ITierGrain tier, IQuotaGrain quota)
    {
        if (await tier.FindAsync() is null && (await GrainCalls.OnceMoreAsync(quota.GetAsync)).Limits != QuotaLimits.None)
            await quota.SetLimitsAsync(QuotaLimits.None);
    }

    private static async Task<IResult> ListAsync(HttpContext http, ITierListing listing)
    {
        var query = new QueryReader(http.Request);
        var wanted = query.Page();
        query.ThrowIfMistaken();
        var page = await listing.ListAsync(wanted, http.RequestAborted);
        if (http.Caller().Role == Role.ProductTeam)
            return TypedResults.Ok(ListResponse<ProductTierResponse>.Of(page, ProductTierResponse.Of));

        var counts = await listing.CountDatabasesAsync([.. page.Items.Select(tier => tier.Id)], http.RequestAborted);
        return TypedResults.Ok(ListResponse<TierResponse>.Of(page, tier => TierResponse.Of(tier, counts.GetValueOrDefault(tier.Id))));
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, Records records, ITierListing listing)
    {
        var tier = await records.TierAsync(id, http.RequestAborted) ?? throw NotFound();
        return http.Caller().Role == Role.ProductTeam
            ? Tagged.Of(TypedResults.Ok(ProductTierResponse.Of(tier)), tier.ETag)
            : Tagged.Of(TypedResults.Ok(await PlatformViewAsync(tier, listing, http.RequestAborted)), tier.ETag);
    }

    private static async Task<Tagged<Ok<TierResponse>>> PatchAsync(
        string id, HttpContext http, IGrainFactory grains, ITierListing listing, IPostgresBackend backend)
    {
        var grain = grains.Tier(id);
        var condition = http.Request.IfMatch();
        using var patch = await JsonBody.ReadAsync(http.Request, mergePatch: true);
        TierState tier;
        try
        {
            tier = await ApplyAsync(http, grain, patch.RootElement, condition, backend);
        }
        catch (ProblemException problem) when (problem.Code == ProblemCode.PreconditionFailed)
        {
            // Somebody changed the tier between our reading and our writing: once more, from what it is now. A stale If-Match fails again.
            tier = await ApplyAsync(http, grain, patch.RootElement, condition, backend);
        }

        return Tagged.Of(TypedResults.Ok(await PlatformViewAsync(tier, listing, http.RequestAborted)), tier.ETag);
    }

    private static async Task<TierState> ApplyAsync(
        HttpContext http, ITierGrain grain, JsonElement patch, IfMatch? condition, IPostgresBackend backend)
    {
        var current = await grain.FindAsync() ?? throw NotFound();
        var target = JsonSerializer.SerializeToElement(TierRequest.Of(current.Spec), WireJson.Default.TierRequest);
        using var merged = MergePatch.Apply(target, patch);
        var bound = BodyBinder.Bind(merged.RootElement, WireJson.Default.TierRequest);
        await JudgeAsync(bound.Draft, bound.Mistakes, current.Spec.PostgresVersion, backend, http.RequestAborted);
        var spec = bound.Checked().ToSpec();
        return await http.ChangeAsync(StatusCodes.Status200OK, entry => grain.UpdateAsync(spec, current.Revision, condition, entry));
    }

    private static async Task<NoContent> DeleteAsync(string id, HttpContext http, IGrainFactory grains)
    {
        var (grain, condition) = (grains.Tier(id), http.Request.IfMatch());
        await http.ChangeAsync(StatusCodes.Status204NoContent, entry => grain.DeleteAsync(condition, entry));
        return TypedResults.NoContent();
    }

    /// <summary>Adds what the tier's rules find, and whether the version is there. A tier may keep a version that has gone since.</summary>
    private static async Task JudgeAsync(
        TierRequest draft, Mistakes mistakes, int? formerVersion, IPostgresBackend backend, CancellationToken cancellationToken)
    {
        foreach (var (path, mistake) in TierRules.Validate(draft.ToSpec()).ToList())
            mistakes.AddUnlessCovered(path, mistake);
        if (draft.PostgresVersion is not { } version || version == formerVersion || mistakes.Covers("postgres_version"))
            return;
        if (TierRules.MistakeInVersion(version, await InstalledVersionsAsync(backend, cancellationToken)) is { } missing)
            mistakes.Add("postgres_version", missing);
    }

    private static async Task<IReadOnlyList<int>> InstalledVersionsAsync(IPostgresBackend backend, CancellationToken cancellationToken)
    {
        try
        {
            return await backend.ListPostgresVersionsAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or BackendUnavailableException))
        {
            // The port's promise: only a backend that cannot be reached throws.
            throw new BackendUnavailableException("The backend did not say which versions it has.", exception);
        }
    }

    private static async Task<TierResponse> PlatformViewAsync(TierState tier, ITierListing listing, CancellationToken cancellationToken)
    {
        var counts = await listing.CountDatabasesAsync([tier.Id], cancellationToken);
        return TierResponse.Of(tier, counts.GetValueOrDefault(tier.Id));
    }
}
