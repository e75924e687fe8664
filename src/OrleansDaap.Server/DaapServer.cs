using Microsoft.Extensions.Options;
using OrleansDaap.Access;
using OrleansDaap.CloudNativePg;
using OrleansDaap.Databases;
using OrleansDaap.LocalPostgres;
using OrleansDaap.Quotas;
using OrleansDaap.Server.Api;
using OrleansDaap.Server.Api.Health;
using OrleansDaap.Server.Api.Pipeline;
using OrleansDaap.Server.Platform;
using OrleansDaap.Server.Telemetry;
using OrleansDaap.Storage;
using OrleansDaap.Tiers;

namespace OrleansDaap.Server;

/// <summary>The server, put together from its modules.</summary>
internal static class DaapServer
{
    /// <summary>Serves until it is told to stop; 1 when it could not start, having said why.</summary>
    /// <param name="args">Settings as <c>--Daap:Key=value</c>.</param>
    /// <param name="addBackend">Adds another backend than the configured one, for tests and benchmarks.</param>
    public static async Task<int> RunAsync(string[] args, Action<IServiceCollection>? addBackend = null)
    {
        if (args.Any(argument => argument is "--help" or "-h" or "-?"))
        {
            Console.WriteLine(Usage.Text);
            return 0;
        }

        try
        {
            await using var app = Build(args, addBackend);

            // Before the host makes its services: some need options, and would stop at the first mistake.
            app.Services.GetService<IStartupValidator>()?.Validate();
            await app.StartAsync();
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception exception) when (StartFailure.Explain(exception) is { } explanation)
        {
            await Console.Error.WriteLineAsync(explanation);
            return 1;
        }
    }

    public static WebApplication Build(string[] args, Action<IServiceCollection>? addBackend = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        ServerDefaults.Apply(builder);

        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddOptions<DaapOptions>().BindConfiguration(DaapOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DaapOptions>, DaapOptionsValidator>();

        // First to start, so that it hears of all, and last to stop.
        if (TelemetryExport.IsWanted) services.AddHostedService<TelemetryExport>();

        // Hosted services start in this order and stop in the reverse one: the store before what writes to it, the silo before
        // what calls it, the web server last.
        services.AddPlatformStore(builder.Configuration);
        services.AddStorage(provider => provider.GetRequiredService<PlatformStore>().ConnectionString);
        (addBackend ?? (configured => AddBackend(configured, builder.Configuration)))(services);
        builder.AddSilo();
        services.AddAccess();
        services.AddTiers();
        services.AddQuotas();
        services.AddDatabases(builder.Configuration);
        services.AddSingleton<BootstrapKey>();
        services.AddSingleton<IHealthProbe, PlatformStoreProbe>();
        services.AddDaapApi();
        services.AddHostedService<Banner>();

        var app = builder.Build();
        app.MapDaapApi();
        app.MapSilo(pages => pages.Requires(Role.PlatformTeam));
        return app;
    }

    // What is no backend is refused with all other mistakes.
    private static void AddBackend(IServiceCollection services, ConfigurationManager configuration)
    {
        if (configuration[$"{DaapOptions.Section}:{nameof(DaapOptions.Backend)}"] == nameof(BackendKind.CloudNativePg)) services.AddCloudNativePg(configuration);
        else services.AddLocalPostgres(configuration);
    }
}
