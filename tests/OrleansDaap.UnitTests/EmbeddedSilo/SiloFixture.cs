using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using OrleansDaap.Testing;
using OrleansDaap.UnitTests.EmbeddedSilo.Grains;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo;

/// <summary>A silo with the probe grains, for one test.</summary>
public abstract class SiloFixture : IAsyncLifetime
{
    protected Stage Stage { get; } = new();

    protected TestSilo Silo { get; } = new(typeof(ProbeGrain), typeof(OpenGrain), typeof(AccountGrain));

    protected ManualClock Clock => Silo.Clock;

    public async Task InitializeAsync()
    {
        Silo.With(silo => silo.ConfigureServices(services => services.AddSingleton(Stage)).AddReminders());
        Configure(Silo);
        await Silo.StartAsync();
    }

    public async Task DisposeAsync() => await Silo.DisposeAsync();

    protected virtual void Configure(TestSilo silo)
    {
    }

    private protected IProbeGrain Probe(string key) => Silo.Grain<IProbeGrain>(key);

    private protected IAccountGrain Account(string key) => Silo.Grain<IAccountGrain>(key);

    /// <summary>Moves the clock in small steps until something has happened that the clock brings about.</summary>
    private protected async Task AdvanceUntil(Task happened, TimeSpan step)
    {
        for (var i = 0; i < 1000 && !happened.IsCompleted; i++)
        {
            Clock.Advance(step);
            await Task.Yield();
        }

        await happened;
    }
}
