using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.Provisioning;
using OrleansDaap.Server;
using OrleansDaap.Server.Platform;
using OrleansDaap.Storage.EmbeddedSilo;
using OrleansDaap.Storage.Writes;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Provisioning;
using OrleansDaap.Testing.Servers;

namespace OrleansDaap.IntegrationTests.Lifecycle;

/// <summary>The whole server in this process, on a real PostgreSQL, with a backend and a clock that outlive it.</summary>
internal sealed class CrashableServer : IAsyncDisposable
{
    private const string Key = "a-key-of-this-test-and-of-nothing-else";
    private const long NoLease = -1;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly ScratchDirectory _data = new();
    private readonly string _connectionString;
    private WebApplication _app = null!;

    private CrashableServer(string connectionString) => (_connectionString, Backend) = (connectionString, new FakePostgresBackend(Clock));

    public ManualClock Clock { get; } = new();

    public FakePostgresBackend Backend { get; }

    public HttpClient Http { get; private set; } = null!;

    public static async Task<CrashableServer> StartAsync(string connectionString)
    {
        var server = new CrashableServer(connectionString);
        await server.StartAsync();
        return server;
    }

    /// <summary>Drops everything that is in memory: from one moment on it writes nothing any more, in the middle of whatever it does.</summary>
    public async Task CrashAsync()
    {
        _app.Services.GetRequiredService<Fence>().Hold(NoLease);
        _app.Services.GetRequiredService<EmbeddedSilo.Hosting.Silo>().Tenure?.Lose();
        await StopAsync();
    }

    public async Task StartAsync()
    {
        _app = DaapServer.Build(
            [
                "--urls=http://127.0.0.1:0",
                $"--ConnectionStrings:Platform={_connectionString}",
                $"--Daap:DataDirectory={_data.Path}",
                $"--Daap:BootstrapApiKey={Key}",
                "--Daap:RateLimit:PermitsPerSecond=0",
                "--Logging:LogLevel:Default=None",
            ],
            services => services
                .AddSingleton<TimeProvider>(Clock)
                .AddSingleton(new LeaseOptions { Silence = null })
                .AddSingleton<IPostgresBackend>(Backend));
        await _app.StartAsync();
        await _app.Services.GetRequiredService<BootstrapKey>().Accepted.WaitAsync(Patience);
        Http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        Http.DefaultRequestHeaders.Add("X-API-Key", Key);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _data.Dispose();
    }

    private async Task StopAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Http.Dispose();
    }
}
