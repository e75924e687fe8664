using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.CloudNativePg.Kubernetes.Caching;

namespace OrleansDaap.IntegrationTests.Kubernetes;

/// <summary>A running cache, and what it said.</summary>
internal sealed class WatchedCache : IAsyncDisposable
{
    private readonly Channel<ObjectChange> _changes = Channel.CreateUnbounded<ObjectChange>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public WatchedCache(KubernetesClient client, ObjectSelection selection, ILogger<ObjectCache> logger)
    {
        Cache = new ObjectCache(client, Widgets.Kind, selection, change => _changes.Writer.TryWrite(change), TimeProvider.System, logger);
        _run = Cache.RunAsync(_stop.Token);
    }

    public ObjectCache Cache { get; }

    /// <summary>The next changes, as sentences.</summary>
    public async Task<string> NextAsync(int count = 1)
    {
        var said = new List<string>();
        while (said.Count < count) said.Add(Sentence(await _changes.Reader.ReadAsync()));
        return string.Join(", ", said);
    }

    /// <summary>Whether it has said nothing since.</summary>
    public bool IsSilent => _changes.Reader.Count == 0;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await EndAsync(_run);
        _stop.Dispose();
    }

    private static async Task EndAsync(Task run)
    {
        try
        {
            await run;
        }
        catch (OperationCanceledException)
        {
            // As it was told.
        }
    }

    private static string Sentence(ObjectChange change) => (change.Before, change.Now) switch
    {
        (null, { } now) => $"{change.Key.Name} is {now.Number("spec", "size")}",
        ({ } before, { } now) => $"{change.Key.Name} was {before.Number("spec", "size")} and is {now.Number("spec", "size")}",
        ({ } before, null) => $"{change.Key.Name} was {before.Number("spec", "size")} and is gone",
        (null, null) => $"{change.Key.Name} came and went",
    };
}
