namespace OrleansDaap.EmbeddedSilo.Hosting;

/// <summary>Something to do whenever this node has become the active one.</summary>
internal sealed record StartupTask(Func<IServiceProvider, CancellationToken, Task> Run, int Stage);
