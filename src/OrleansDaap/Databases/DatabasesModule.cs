using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OrleansDaap.Databases;

public static class DatabasesModule
{
    public static IServiceCollection AddDatabases(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DatabaseOptions>().Bind(configuration.GetSection(DatabaseOptions.Section)).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<DatabaseOptions>, DatabaseOptionsValidator>()
            .AddSingleton<IJsonTypeInfoResolver>(DatabasesJson.Default)
            .AddSingleton<DatabaseWaker>()
            .AddSingleton<IDatabaseWaker>(provider => provider.GetRequiredService<DatabaseWaker>())
            .AddHostedService(provider => provider.GetRequiredService<DatabaseWaker>());
    }
}
