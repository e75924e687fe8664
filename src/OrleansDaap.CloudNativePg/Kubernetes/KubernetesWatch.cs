using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OrleansDaap.CloudNativePg.Kubernetes.Http;

namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>One connection that shows what happens to objects, until the server ends it.</summary>
internal sealed class KubernetesWatch(ApiRequest request, HttpResponseMessage response, CancellationTokenSource deadline) : IDisposable
{
    /// <summary>Returns when the server ends the watch in peace, which it does every few minutes.</summary>
    /// <exception cref="KubernetesException">The connection was lost, or the server ended it with an error, 410 above all.</exception>
    public async IAsyncEnumerable<WatchEvent> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        await using var lines = WatchLines.ReadAsync(await response.Content.ReadAsStreamAsync(either.Token), either.Token).GetAsyncEnumerator(either.Token);
        while (await NextAsync(lines, cancellationToken) is { } next) yield return next;
    }

    public void Dispose()
    {
        response.Dispose();
        deadline.Dispose();
    }

    private async Task<WatchEvent?> NextAsync(IAsyncEnumerator<JsonElement> lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.MoveNextAsync() ? Read(lines.Current) : null;
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or JsonException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new KubernetesException($"The watch {request} was lost: {failure.Message}", failure);
        }
    }

    private WatchEvent Read(JsonElement line)
    {
        var shown = new KubernetesObject(line);
        var type = shown.Text("type");
        var @object = shown.At("object") ?? throw new JsonException("A watch event has no object.");
        if (type == "ERROR")
        {
            var code = new KubernetesObject(@object).Number("code") ?? 500;
            throw ApiFailure.From(request, (HttpStatusCode)code, @object);
        }

        return new WatchEvent(
            type switch
            {
                "ADDED" => WatchEventKind.Added,
                "MODIFIED" => WatchEventKind.Modified,
                "DELETED" => WatchEventKind.Deleted,
                "BOOKMARK" => WatchEventKind.Bookmark,
                _ => throw new JsonException("A watch event is of no known type."),
            },
            // By itself: it outlives its event.
            new KubernetesObject(@object.Clone()));
    }
}
