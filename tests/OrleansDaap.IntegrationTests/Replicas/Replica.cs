using OrleansDaap.Testing.Servers;

namespace OrleansDaap.IntegrationTests.Replicas;

/// <summary>One of several servers on one PostgreSQL, in a process and with a network of its own.</summary>
/// <param name="postgres">A connection string.</param>
/// <param name="key">The platform team's, the same for all of them.</param>
/// <param name="command">What the benchmarks' program is to serve.</param>
internal sealed class Replica(string postgres, string key, string command, IReadOnlyDictionary<string, string>? settings = null) : IAsyncDisposable
{
    private readonly ScratchDirectory _data = new();
    private ServerProcess? _server;

    public PostgresLine Line { get; } = new(postgres);

    /// <summary>Null while it does not run.</summary>
    public Uri? Address { get; private set; }

    public string Output => _server?.Output ?? "";

    /// <summary>Starts it, and waits until it is the active one or stands by another.</summary>
    public async Task StartAsync()
    {
        var all = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["ConnectionStrings__Platform"] = Line.ConnectionString,
            ["Daap__BootstrapApiKey"] = key,
            ["Daap__RateLimit__PermitsPerSecond"] = "0",
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__LogLevel__OrleansDaap.Storage.EmbeddedSilo"] = "Information",
        };
        _server = ServerProcess.Launch(_data, all, Path.Combine(AppContext.BaseDirectory, "OrleansDaap.Benchmarks.dll"), command);
        await UntilHealthyAsync();
        Address = _server.Http.BaseAddress;
    }

    public Task UntilHealthyAsync() => _server!.UntilHealthyAsync();

    public async Task KillAsync()
    {
        Address = null;
        await _server!.KillAsync();
    }

    /// <summary>SIGTERM; its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Address = null;
        return await _server!.StopAsync();
    }

    public void Freeze() => _server!.Freeze();

    public void Thaw() => _server!.Thaw();

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            await server.KillAsync();
            await server.DisposeAsync();
        }

        Line.Dispose();
        _data.Dispose();
    }
}
