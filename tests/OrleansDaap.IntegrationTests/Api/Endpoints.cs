using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansDaap.IntegrationTests.Api;

/// <summary>The endpoints that are mapped, with everything in their paths filled in.</summary>
internal sealed record Endpoints(string Name, string Method, string Path)
{
    public static IReadOnlyList<Endpoints> Named(ApiHost host) =>
    [
        .. host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(endpoint => new Endpoints(
            endpoint.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName,
            endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Single(),
            endpoint.RoutePattern.RawText!.Replace("{id}", "some-id", StringComparison.Ordinal))),
    ];
}
