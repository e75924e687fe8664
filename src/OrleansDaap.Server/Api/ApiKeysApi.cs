using Microsoft.AspNetCore.Http.HttpResults;
using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Server.Api.Bodies;
using OrleansDaap.Server.Api.Description;
using OrleansDaap.Server.Api.Pipeline;
using OrleansDaap.Server.Api.Wire;

namespace OrleansDaap.Server.Api;

/// <summary>Keys are made, listed and revoked by the platform team.</summary>
internal static class ApiKeysApi
{
    /// <summary>Ids have 36^8 values, so even among a million keys a new id is taken once in three million times, and never thrice.</summary>
    private const int MaxAttempts = 3;
    private const string Revoke = "revoke-api-key";

    public static void MapApiKeys(this IEndpointRouteBuilder app)
    {
        var keys = app.MapGroup("/api-keys").WithTags("API keys").Requires(Role.PlatformTeam);
        keys.MapPost("", CreateAsync).WithName("create-api-key").WithSummary("Make a key")
            .WithDescription("The only answer that ever holds the key: only a hash of it is stored. With an Idempotency-Key, a repetition is answered without it.")
            .Takes<NewApiKeyRequest>();
        keys.MapGet("", ListAsync).WithName("list-api-keys").WithSummary("List keys")
            .WithDescription("Newest first, without the keys themselves.").TakesPage().Refuses(ProblemCode.ValidationFailed);
        keys.MapDelete("/{id}", RevokeAsync).WithName(Revoke).WithSummary("Revoke a key")
            .WithDescription("It is refused at once, everywhere.").Refuses(ProblemCode.NotFound);
    }

    private static async Task<CreatedApiKey> CreateAsync(HttpContext http, IGrainFactory grains, TimeProvider time)
    {
        var bound = await JsonBody.ReadAsync(http.Request, WireJson.Default.NewApiKeyRequest);
        if (bound.Draft.ExpiresAt <= time.GetUtcNow())
            bound.Mistakes.Add("expires_at", "must lie in the future");
        var request = bound.Checked();
        var first = await FirstIdAsync(http, grains, time);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var key = first is not null && attempt == 1 ? ApiKeySecret.New(first) : ApiKeySecret.New();
            var hash = ApiKeySecret.HashOf(key);
            var grain = grains.GetGrain<IApiKeyGrain>(ApiKeySecret.IdOf(key));
            var wanted = new NewApiKey(
                hash, request.Team!, request.Role!.Value, request.Description, http.Caller().ApiKeyId, request.ExpiresAt?.ToUniversalTime());
            var state = await http.ChangeAsync(StatusCodes.Status201Created, entry => GrainCalls.OnceMoreAsync(() => grain.CreateAsync(wanted, entry)));
            if (state.Hash != hash)
                continue;
            return new(CreatedApiKeyResponse.Of(state, key));
        }

        throw new InvalidOperationException($"{MaxAttempts} new key ids were all taken.");
    }

    /// <summary>
    /// The id that an <c>Idempotency-Key</c> reserved; null for any. The secret of a key that an earlier attempt made under it is gone, and
    /// nobody ever held it: that key is revoked, and another made.
    /// </summary>
    private static async Task<string?> FirstIdAsync(HttpContext http, IGrainFactory grains, TimeProvider time)
    {
        if (http.Call().Attempt is not { } attempt)
            return null;
        var id = ApiKeySecret.IdFrom(attempt.ResourceId);
        if (!attempt.IsRetaken)
            return id;
        var revocation = AuditEntries.Of(http, Outcomes.Accepted, StatusCodes.Status204NoContent, time.GetUtcNow());
        await grains.GetGrain<IApiKeyGrain>(id).RevokeAsync(revocation with { Action = Revoke, Resource = $"{http.Request.Path}/{id}" });
        return null;
    }

    private static async Task<Ok<ListResponse<ApiKeyResponse>>> ListAsync(HttpContext http, IApiKeyListing listing)
    {
        var query = new QueryReader(http.Request);
        var page = query.Page();
        query.ThrowIfMistaken();
        return TypedResults.Ok(ListResponse<ApiKeyResponse>.Of(await listing.ListAsync(page, http.RequestAborted), ApiKeyResponse.Of));
    }

    private static async Task<NoContent> RevokeAsync(string id, HttpContext http, IGrainFactory grains)
    {
        if (!ApiKeySecret.IsId(id) || await http.ChangeAsync(StatusCodes.Status204NoContent, RevokedAsync) is null)
            throw ProblemException.NotFound("such API key");
        return TypedResults.NoContent();

        Task<ApiKeyState?> RevokedAsync(AuditEntry entry) => GrainCalls.OnceMoreAsync(() => grains.GetGrain<IApiKeyGrain>(id).RevokeAsync(entry));
    }
}
