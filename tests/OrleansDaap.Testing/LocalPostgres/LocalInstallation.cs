using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansDaap.LocalPostgres;
using OrleansDaap.LocalPostgres.Files;
using OrleansDaap.LocalPostgres.Platform;
using OrleansDaap.Testing.Logging;
using OrleansDaap.Testing.Servers;
using Xunit;

namespace OrleansDaap.Testing.LocalPostgres;

/// <summary>
/// A local backend and the platform's PostgreSQL in a data directory of their own, as one server would have them. Disposing it ends
/// every process that was started there, by its id, and removes the directory. Also an xunit class fixture.
/// </summary>
public sealed class LocalInstallation : IAsyncLifetime, IAsyncDisposable
{
    private readonly PortBlock _ports = PortBlock.Take();
    private readonly Dictionary<string, string?> _settings;
    private ServiceProvider? _services;

    public LocalInstallation()
        : this(null)
    {
    }

    /// <param name="ports">How many databases there can be; null: as many as anyone needs.</param>
    internal LocalInstallation(IReadOnlyDictionary<string, string?>? settings, string? parent = null, int? ports = null)
    {
        DataDirectory = Path.Combine(parent ?? Path.GetTempPath(), $"daap-test-{Guid.NewGuid():N}"[..18]);
        _settings = new Dictionary<string, string?>
        {
            ["Daap:DataDirectory"] = DataDirectory,
            ["Daap:Local:PortRange"] = ports is null ? _ports.Range : _ports.RangeOf(ports.Value),
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string?>()) _settings[key] = value;
    }

    public string DataDirectory { get; }

    /// <summary>Above the clusters; not the data directory when that is closed to the tools.</summary>
    public string ToolsDirectory =>
        Path.Combine(DataDirectory, "tools-directory") is var pointer && File.Exists(pointer) ? File.ReadAllText(pointer).Trim() : DataDirectory;

    public CapturedLogs Logs { get; } = new();

    /// <summary>The server's; PostgreSQL and the tools have the machine's.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    internal LocalPostgresBackend Backend => Services.GetRequiredService<LocalPostgresBackend>();

    internal PlatformCluster Platform => Services.GetRequiredService<PlatformCluster>();

    internal ServiceProvider Services => _services ??= Build();

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    /// <summary>Ends the server's part and leaves the processes; the next use is by a server that knows nothing.</summary>
    public async Task RestartServerAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        if (_services is not null) await _services.DisposeAsync();
        _services = null;
        foreach (var (key, value) in settings ?? new Dictionary<string, string?>()) _settings[key] = value;
    }

    /// <summary>The processes that belong to this directory, by their working directory or their command line.</summary>
    public IReadOnlyList<int> FindProcesses() => [.. Directory.EnumerateDirectories("/proc")
        .Select(entry => int.TryParse(Path.GetFileName(entry), out var pid) ? pid : 0)
        .Where(pid => pid > 1 && pid != Environment.ProcessId && IsOurs(pid))];

    public async ValueTask DisposeAsync()
    {
        await RestartServerAsync();
        foreach (var pid in FindProcesses()) Posix.Signal(pid, Posix.Kill);
        while (FindProcesses().Count > 0) await Task.Yield();
        foreach (var directory in new[] { ToolsDirectory, DataDirectory })
        {
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        }

        _ports.Dispose();
    }

    private bool IsOurs(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/cwd").LinkTarget?.StartsWith(ToolsDirectory, StringComparison.Ordinal) == true
                || File.ReadAllText($"/proc/{pid}/cmdline").Contains(ToolsDirectory, StringComparison.Ordinal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        services.AddSingleton(Clock);
        services.AddLocalPostgres(new ConfigurationBuilder().AddInMemoryCollection(_settings).Build());
        return services.BuildServiceProvider(validateScopes: true);
    }
}
