using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansDaap.Tiers;

public static class TiersModule
{
    public static IServiceCollection AddTiers(this IServiceCollection services) => services.AddSingleton<IJsonTypeInfoResolver>(TiersJson.Default);
}
