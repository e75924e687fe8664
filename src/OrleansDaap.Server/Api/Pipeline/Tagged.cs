using Microsoft.AspNetCore.Http.Metadata;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>Makes <see cref="Tagged{TResult}"/> answers.</summary>
internal static class Tagged
{
    public static Tagged<TResult> Of<TResult>(TResult answer, string? version)
        where TResult : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider => new(answer, version);
}
