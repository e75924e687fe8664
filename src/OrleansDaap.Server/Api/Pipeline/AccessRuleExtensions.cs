using OrleansDaap.Access;

namespace OrleansDaap.Server.Api.Pipeline;

internal static class AccessRuleExtensions
{
    /// <summary>Only a key of this role may call.</summary>
    public static TBuilder Requires<TBuilder>(this TBuilder endpoint, Role role)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AccessRule(role));

    /// <summary>Any key may call.</summary>
    public static TBuilder RequiresAnyRole<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AccessRule(Enum.GetValues<Role>()));

    /// <summary>Anybody may call, without a key.</summary>
    public static TBuilder RequiresNoKey<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AccessRule());
}
