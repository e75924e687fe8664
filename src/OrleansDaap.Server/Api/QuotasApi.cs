using Microsoft.AspNetCore.Http.HttpResults;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Quotas;
using OrleansDaap.Server.Api.Bodies;
using OrleansDaap.Server.Api.Description;
using OrleansDaap.Server.Api.Pipeline;
using OrleansDaap.Server.Api.Wire;

namespace OrleansDaap.Server.Api;

/// <summary>A tier's quota: set by the platform team, seen by all.</summary>
internal static class QuotasApi
{
    public static void MapQuotas(this IEndpointRouteBuilder app)
    {
        var quotas = app.MapGroup("/tiers/{id}/quota").WithTags("Quotas");
        quotas.MapPut("", PutAsync).WithName("set-quota").Requires(Role.PlatformTeam).WithSummary("Set a tier's quota")
            .WithDescription("A limit may be set below what is used: then it refuses the next database.")
            .Takes<QuotaLimitsRequest>().TakesIfMatch().Refuses(ProblemCode.NotFound);
        quotas.MapGet("", GetAsync).WithName("get-quota").RequiresAnyRole().WithSummary("Show a tier's quota")
            .WithDescription("Its limits, what the tier's databases hold of them, and what is left.").Refuses(ProblemCode.NotFound);
    }

    private static async Task<Tagged<Ok<QuotaResponse>>> PutAsync(string id, HttpContext http, IGrainFactory grains, Records records)
    {
        var condition = http.Request.IfMatch();
        var bound = await JsonBody.ReadAsync(http.Request, WireJson.Default.QuotaLimitsRequest);
        var limits = bound.Checked().ToLimits();
        await DemandTierAsync(records, id, http.RequestAborted);
        var quota = grains.GetGrain<IQuotaGrain>(id);
        return Answer(await http.ChangeAsync(StatusCodes.Status200OK, entry => quota.SetLimitsAsync(limits, condition, entry)));
    }

    private static async Task<Tagged<Ok<QuotaResponse>>> GetAsync(string id, HttpContext http, Records records)
    {
        await DemandTierAsync(records, id, http.RequestAborted);
        return Answer(await records.QuotaAsync(id, http.RequestAborted));
    }

    private static Tagged<Ok<QuotaResponse>> Answer(Quota quota) => Tagged.Of(TypedResults.Ok(QuotaResponse.Of(quota)), quota.ETag);

    /// <summary>Every tier has a quota, without limits until some are set; no tier, no quota.</summary>
    private static async Task DemandTierAsync(Records records, string tier, CancellationToken cancellationToken)
    {
        if (await records.TierAsync(tier, cancellationToken) is null)
            throw TiersApi.NotFound();
    }
}
