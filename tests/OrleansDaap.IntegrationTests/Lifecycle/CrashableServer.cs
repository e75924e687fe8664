using System.Net;
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
    private WebApplication? _app;

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
        var services = _app!.Services;
        services.GetRequiredService<Fence>().Hold(NoLease);
        services.GetRequiredService<EmbeddedSilo.Hosting.Silo>().Tenure?.Lose();
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
                // What a restore is that a broken cluster keeps from its end is not up to how long the test waits.
                "--Daap:Databases:RestoreGivesUpAfter=7.00:00:00",
                "--Logging:LogLevel:Default=None",

                // Each host would watch its files, and the system lets nobody have many watches.
                "--hostBuilder:reloadConfigOnChange=false",
            ],
            services => services
                .AddSingleton<TimeProvider>(Clock)
                .AddSingleton(new LeaseOptions { Silence = null })
                .AddSingleton<IPostgresBackend>(Backend));
        await _app.StartAsync();
        await UntilActiveAsync(_app.Services.GetRequiredService<BootstrapKey>().Accepted).WaitAsync(Patience);

        // Not sooner: a request that was under way at the crash is to fail as one whose connection broke.
        Http?.Dispose();
        Http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        Http.DefaultRequestHeaders.Add("X-API-Key", Key);
    }

    /// <summary>Asks again while the server says that it cannot answer now, as it does when its PostgreSQL has kept it waiting.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            var answer = await Http.GetAsync(path, CancellationToken.None);
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || patience.IsCancellationRequested)
                return answer;
            answer.Dispose();
            Clock.Advance(TimeSpan.FromSeconds(1));
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Http?.Dispose();
        _data.Dispose();
    }

    /// <summary>Whatever goes wrong on the way is tried again after a while, which has to pass.</summary>
    private async Task UntilActiveAsync(Task active)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await Task.WhenAny(active, pace.WaitForNextTickAsync().AsTask()) != active)
            Clock.Advance(TimeSpan.FromSeconds(1));
        await active;
    }

    private async Task StopAsync()
    {
        // Null when it is stopped, or could not be started.
        if (Interlocked.Exchange(ref _app, null) is not { } app)
            return;
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
