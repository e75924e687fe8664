using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansDaap.Server.Api.Description;
using OrleansDaap.Server.Api.Health;
using OrleansDaap.Server.Api.Idempotency;
using OrleansDaap.Server.Api.Limits;
using OrleansDaap.Server.Api.Metrics;
using OrleansDaap.Server.Api.PassingOn;
using OrleansDaap.Server.Api.Pipeline;
using OrleansDaap.Server.Api.Wire;

namespace OrleansDaap.Server.Api;

/// <summary>
/// The HTTP API. It needs from the rest: <see cref="IGrainFactory"/>, the listings, the audit log, the backend, and an
/// <see cref="IHealthProbe"/> for each further part that <c>/health</c> shows.
/// </summary>
internal static class ApiModule
{
    private const string VersionedPath = "/api/v1";

    /// <summary>How much of a body that is too long is read and thrown away, so that its sender gets to read the refusal.</summary>
    private const long MaxDiscardedBytes = 16 * 1024 * 1024;

    public static IServiceCollection AddDaapApi(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxDiscardedBytes;
        });
        services.Configure<JsonOptions>(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Readable);
            json.SerializerOptions.Converters.Add(new WireTimeConverter());
            json.SerializerOptions.Encoder = WireJson.Readable.Options.Encoder;
            json.SerializerOptions.PropertyNamingPolicy = WireJson.Readable.Options.PropertyNamingPolicy;
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RateLimitOptions>, RateLimitOptionsValidator>();
        services.AddSingleton<RequestLimits>();
        services.AddOptions<MetricsOptions>().BindConfiguration(MetricsOptions.Section);
        services.AddSingleton<MetricsCollector>();
        services.AddHostedService(provider => provider.GetRequiredService<MetricsCollector>());
        services.AddSingleton<Records>();
        services.TryAddSingleton<IActiveNode, EveryNode>();
        services.AddSingleton<Forwarder>();
        services.AddSingleton<DatabaseCounts>();
        services.AddSingleton<QuotaUse>();
        services.AddSingleton<IHealthProbe, BackendProbe>();
        services.AddHostedService<AccessRuleCheck>();
        return services.AddDaapDescription();
    }

    /// <summary>Call it before anything else is mapped: what comes later goes through the same pipeline and needs a rule of access too.</summary>
    public static void MapDaapApi(this WebApplication app)
    {
        app.UsePathBase(VersionedPath);
        app.UseMiddleware<AnswerMiddleware>();
        app.UseDaapDocs();
        app.UseRouting();
        app.UseMiddleware<PassOnMiddleware>();
        app.UseMiddleware<AccessMiddleware>();

        var api = app.MapGroup("").AddEndpointFilter<RouteGroupBuilder, HoldAnswerFilter>()
            .AddEndpointFilter<RouteGroupBuilder, IdempotencyFilter>();
        api.MapApiKeys();
        api.MapTiers();
        api.MapQuotas();
        api.MapDatabases();
        api.MapBackups();
        api.MapOperations();
        api.MapAudit();
        api.MapHealth();
        api.MapMetrics();
        api.MapDescription();
    }
}
