using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using OrleansDaap.Server.Api.Description;

namespace OrleansDaap.Server.Api.Pipeline;

/// <summary>An answer that shows one resource, with the version that it shows as its ETag.</summary>
internal sealed class Tagged<TResult>(TResult answer, string? version) : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
    where TResult : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    public int? StatusCode => answer.StatusCode;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        TResult.PopulateMetadata(method, builder);
        builder.Metadata.Add(new AnswersETag());
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (version is not null)
            httpContext.Response.Headers.ETag = $"\"{version}\"";
        return answer.ExecuteAsync(httpContext);
    }
}
