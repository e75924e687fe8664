using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;
using OrleansDaap.EmbeddedSilo.Contracts;
using OrleansDaap.EmbeddedSilo.Hosting;

namespace OrleansDaap.Testing;

/// <summary>
/// A host with the embedded silo over stores that outlive it: stop it or crash it, and start it again. The grain types are named, so that
/// those of one test are none of another's business.
/// </summary>
public sealed class TestSilo : IAsyncDisposable
{
    private readonly List<Action<ISiloBuilder>> _configure = [];
    private IHost? _host;

    public TestSilo(params Type[] grainTypes) =>
        _configure.Add(silo => silo.Configure<GrainSources>(sources =>
        {
            foreach (var type in grainTypes)
            {
                sources.Types.Add(type);
            }
        }));

    public ManualClock Clock { get; init; } = new();

    public InMemoryGrainStorage Storage { get; init; } = new();

    public InMemoryReminderTable Reminders { get; init; } = new();

    /// <summary>The name that the grains' storage is registered by.</summary>
    public string StorageName { get; init; } = "Default";

    public IServiceProvider Services => (_host ?? throw new InvalidOperationException("The silo is not started.")).Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    internal ISiloStatus Status => Services.GetRequiredService<ISiloStatus>();

    internal Tenure? Tenure => Services.GetRequiredService<Silo>().Tenure;

    /// <summary>Adds to the silo's configuration, from the next start on.</summary>
    public TestSilo With(Action<ISiloBuilder> configure)
    {
        _configure.Add(configure);
        return this;
    }

    public T Grain<T>(string key)
        where T : IGrainWithStringKey => Grains.GetGrain<T>(key);

    public async Task<TestSilo> StartAsync()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddSingleton<IReminderTable>(Reminders);
        builder.Services.AddGrainStorage(StorageName, (_, _) => Storage);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug));
        builder.UseOrleans(silo => _configure.ForEach(configure => configure(silo)));
        _host = builder.Build();
        await _host.StartAsync();
        return this;
    }

    /// <summary>Stops in good order: grains finish and are deactivated.</summary>
    public async Task StopAsync()
    {
        if (_host is { } host)
        {
            await host.StopAsync();
            host.Dispose();
            _host = null;
        }
    }

    /// <summary>Drops everything, as the death of the process would.</summary>
    public void Crash()
    {
        if (_host is { } host)
        {
            Tenure?.Lose();
            host.Dispose();
            _host = null;
        }
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Crash();
        await Task.CompletedTask;
    }
}
