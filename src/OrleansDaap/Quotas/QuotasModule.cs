using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansDaap.Quotas;

public static class QuotasModule
{
    public static IServiceCollection AddQuotas(this IServiceCollection services) => services.AddSingleton<IJsonTypeInfoResolver>(QuotasJson.Default);
}
