using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansDaap.Access;
using OrleansDaap.EmbeddedSilo.Hosting;
using OrleansDaap.Provisioning;
using OrleansDaap.Server;
using OrleansDaap.Server.Platform;
using OrleansDaap.Testing.Logging;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.IntegrationTests.Servers;

/// <summary>The whole server on a free port in this process, over real PostgreSQL, but for a backend whose clusters are ready as soon as they are asked for.</summary>
internal sealed class InProcessServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ScratchDirectory _data;

    private InProcessServer(WebApplication app, ScratchDirectory data, string key, CapturedLogs logs)
    {
        (_app, _data, Key, Logs) = (app, data, key, logs);
        Address = new Uri(app.Urls.Single());
        Http = new HttpClient { BaseAddress = Address };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Uri Address { get; }

    /// <summary>The platform team's.</summary>
    public string Key { get; }

    /// <summary>Sends with the platform team's key.</summary>
    public HttpClient Http { get; }

    /// <summary>Warnings and worse.</summary>
    public CapturedLogs Logs { get; }

    /// <summary>Starts a server, and waits until it is the active one.</summary>
    public static async Task<InProcessServer> StartAsync(string connectionString)
    {
        var server = await LaunchAsync(connectionString, ApiKeySecret.New());
        await server._app.Services.GetRequiredService<BootstrapKey>().Accepted;
        return server;
    }

    /// <summary>Starts another server beside this one, and waits for nothing: it stands by.</summary>
    public Task<InProcessServer> StartBesideAsync(string connectionString) => LaunchAsync(connectionString, Key);

    /// <summary>Waits until it is the active one.</summary>
    public Task UntilActiveAsync() => _app.Services.GetRequiredService<ISiloStatus>().WaitForAsync(SiloPhase.Active);

    private static async Task<InProcessServer> LaunchAsync(string connectionString, string key)
    {
        var data = new ScratchDirectory();
        var logs = new CapturedLogs();
        var app = DaapServer.Build(
            [
                "--urls=http://127.0.0.1:0",
                $"--Daap:DataDirectory={data.Path}",
                $"--Daap:BootstrapApiKey={key}",
                $"--ConnectionStrings:Platform={connectionString}",

                // All of a test's requests carry few keys.
                "--Daap:RateLimit:PermitsPerSecond=0",
                "--Logging:LogLevel:Default=Warning",
                "--Logging:Console:LogLevel:Default=None",
            ],
            services =>
            {
                services.AddSingleton<IPostgresBackend>(provider => new FakePostgresBackend(provider.GetRequiredService<TimeProvider>()));
                services.AddLogging(logging => logging.AddProvider(logs));
            });
        await app.StartAsync();
        return new(app, data, key, logs);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Dispose();
    }
}
