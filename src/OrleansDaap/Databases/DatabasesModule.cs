using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansDaap.Databases;

public static class DatabasesModule
{
    public static IServiceCollection AddDatabases(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DatabaseOptions>()
            .Bind(configuration.GetSection(DatabaseOptions.Section))
            .ValidateDataAnnotations()
            .Validate(options => options.FirstRetryAfter <= options.RetryAtLeastEvery, $"{DatabaseOptions.Section}:FirstRetryAfter must not be over RetryAtLeastEvery.")
            .ValidateOnStart();
        return services
            .AddSingleton<IJsonTypeInfoResolver>(DatabasesJson.Default)
            .AddHostedService<DatabaseWaker>();
    }
}
