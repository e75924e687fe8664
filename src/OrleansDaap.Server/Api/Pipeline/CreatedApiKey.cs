using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using OrleansDaap.Server.Api.Idempotency;
using OrleansDaap.Server.Api.Wire;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>201 with a new key, which no cache and no table may keep.</summary>
internal sealed class CreatedApiKey(CreatedApiKeyResponse body) : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider, IHoldsSecret
{
    public int? StatusCode => StatusCodes.Status201Created;

    public IResult WithoutSecret => new CreatedApiKey(body with { Key = null });

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(CreatedApiKeyResponse), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = $"{httpContext.Request.PathBase}/api-keys/{body.Id}";
        response.Headers[HeaderNames.CacheControl] = "no-store";
        return response.WriteAsJsonAsync(body, WireJson.Readable.CreatedApiKeyResponse);
    }
}
