using Microsoft.Extensions.DependencyInjection;
using OrleansDaap.EmbeddedSilo.Hosting;

namespace Orleans.Hosting;

/// <summary>Gives a silo things to do when it starts.</summary>
public static class SiloBuilderStartupExtensions
{
    /// <summary>Runs <paramref name="startupTask"/> when the silo has become active, in order of <paramref name="stage"/>.</summary>
    public static ISiloBuilder AddStartupTask(
        this ISiloBuilder builder, Func<IServiceProvider, CancellationToken, Task> startupTask, int stage = 20000)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(new StartupTask(startupTask, stage));
        return builder;
    }
}
