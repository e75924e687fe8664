using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansDaap.Access;

public static class AccessModule
{
    public static IServiceCollection AddAccess(this IServiceCollection services) => services.AddSingleton<IJsonTypeInfoResolver>(AccessJson.Default);
}
