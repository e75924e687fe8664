using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;
using OrleansDaap.EmbeddedSilo.Contracts;
using OrleansDaap.EmbeddedSilo.Hosting;
using OrleansDaap.UnitTests.EmbeddedSilo.Grains;
using Xunit;

namespace OrleansDaap.UnitTests.EmbeddedSilo;

public sealed class HostingTests
{
    [Fact]
    public async Task A_generic_host_becomes_a_silo_and_runs_startup_tasks_in_order_of_stage()
    {
        var order = new List<int>();
        using var host = new HostBuilder()
            .UseOrleans(silo => silo
                .AddStartupTask((_, _) => Note(order, 2), 30000)
                .AddStartupTask((_, _) => Note(order, 1))
                .Configure<GrainSources>(sources => sources.Types.Add(typeof(OpenGrain)))
                .ConfigureServices(services => services.AddSingleton<Stage>()))
            .Build();
        await host.StartAsync();
        Assert.Equal([1, 2], order);
        Assert.Equal(3, await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IOpenGrain>("a").CountDownAsync(3));
        var status = host.Services.GetRequiredService<ISiloStatus>();
        Assert.Equal(SiloPhase.Active, status.Phase);
        await host.StopAsync();
        Assert.Equal(SiloPhase.Stopped, status.Phase);
    }

    [Fact]
    public async Task A_failing_startup_task_fails_the_start()
    {
        using var host = new HostBuilder()
            .UseOrleans(silo => silo
                .AddStartupTask((_, _) => throw new FormatException("no"))
                .Configure<GrainSources>(sources => sources.Types.Add(typeof(OpenGrain))))
            .Build();
        await Assert.ThrowsAsync<FormatException>(() => host.StartAsync());
    }

    [Fact]
    public void Grain_classes_are_found_in_every_assembly_that_refers_to_the_silo_internal_ones_included()
    {
        var types = new GrainSources().FindTypes();
        Assert.Contains(typeof(ProbeGrain), types);
        Assert.Contains(typeof(OrleansDaap.Common.ProblemException), types);
        Assert.DoesNotContain(typeof(string), types);
    }

    private static Task Note(List<int> order, int value)
    {
        order.Add(value);
        return Task.CompletedTask;
    }
}
