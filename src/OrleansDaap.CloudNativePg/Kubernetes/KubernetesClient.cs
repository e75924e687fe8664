using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using OrleansDaap.CloudNativePg.Kubernetes.Configuration;
using OrleansDaap.CloudNativePg.Kubernetes.Http;

namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>
/// The part of the Kubernetes API that is used here, for objects of any kind. Every method throws <see cref="KubernetesException"/> when it is
/// refused, or when the server cannot be reached after a few attempts.
/// </summary>
internal sealed partial class KubernetesClient(ClusterAccess access, TimeProvider time, ILogger<KubernetesClient> logger) : IDisposable
{
    /// <summary>Whose fields ours are in server-side apply.</summary>
    public const string FieldManager = "daap";

    /// <summary>The API server's own limit for a request that is no watch is 60 s.</summary>
    private static readonly TimeSpan AttemptPatience = TimeSpan.FromSeconds(60);

    private readonly ApiConnection _connection = new(access);

    /// <summary>Whose fields those are that this client writes.</summary>
    public string Manager { get; init; } = FieldManager;

    /// <summary>The namespace of the context, or of the pod.</summary>
    public string Namespace => access.Namespace;

    /// <summary>
    /// Makes the object so: what the manifest says is set, whoever set it before, and what an earlier manifest said and this one does not is
    /// removed. Nothing happens, and the resourceVersion stays, when it is so already.
    /// </summary>
    /// <param name="kind">The object's.</param>
    /// <param name="manifest">With <c>apiVersion</c>, <c>kind</c> and <c>metadata.name</c>, and <c>metadata.namespace</c> if the kind has them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<KubernetesObject> ApplyAsync(ResourceKind kind, JsonObject manifest, CancellationToken cancellationToken)
    {
        var metadata = manifest["metadata"];
        var path = kind.ObjectPath(metadata?["namespace"]?.GetValue<string>(), metadata?["name"]?.GetValue<string>() ?? "");
        return new KubernetesObject(await SendAsync(
            new ApiRequest(HttpMethod.Patch, $"{path}?fieldManager={Manager}&force=true")
            {
                Body = manifest,
                ContentType = ApiRequest.Apply,
                IsSecret = IsSecret(kind),
            },
            cancellationToken));
    }

    /// <returns>Null when there is none.</returns>
    public async Task<KubernetesObject?> GetAsync(ResourceKind kind, ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            return new KubernetesObject(await SendAsync(new ApiRequest(HttpMethod.Get, kind.ObjectPath(key.Namespace, key.Name)), cancellationToken));
        }
        catch (KubernetesException failure) when (failure.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>All of them, page by page, as they were at one moment.</summary>
    /// <param name="kind">The objects'.</param>
    /// <param name="selection">Which of them.</param>
    /// <param name="pageSize">At most so many in each page.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async IAsyncEnumerable<ObjectPage> ListAsync(
        ResourceKind kind, ObjectSelection selection, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            // Without a resourceVersion: with 0 the server would ignore the limit.
            var query = $"?limit={pageSize}{Labels(selection)}{(next is null ? "" : $"&continue={Uri.EscapeDataString(next)}")}";
            var list = new KubernetesObject(await SendAsync(new ApiRequest(HttpMethod.Get, kind.CollectionPath(selection.Namespace) + query), cancellationToken));
            next = list.Text("metadata", "continue") is { Length: > 0 } token ? token : null;
            var items = list.At("items") is { ValueKind: JsonValueKind.Array } found ? found.EnumerateArray().Select(item => new KubernetesObject(item.Clone())) : [];
            yield return new ObjectPage([.. items], list.ResourceVersion, next);
        }
        while (next is not null);
    }

    /// <summary>Shows what happens after that version. Tried once: how to go on after a failure depends on the failure.</summary>
    public async Task<KubernetesWatch> WatchAsync(ResourceKind kind, ObjectSelection selection, string resourceVersion, CancellationToken cancellationToken)
    {
        // Between four and eight minutes, so that a server's watches do not all end together.
        var seconds = Random.Shared.Next(240, 480);
        var request = new ApiRequest(
            HttpMethod.Get,
            $"{kind.CollectionPath(selection.Namespace)}?watch=true&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion={Uri.EscapeDataString(resourceVersion)}{Labels(selection)}")
        {
            IsSecret = IsSecret(kind),
        };
        var deadline = new CancellationTokenSource(AttemptPatience, time);
        HttpResponseMessage? response = null;
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
            response = await ReachAsync(request, connection => connection.SendAsync(request, either.Token), cancellationToken);
            if (!response.IsSuccessStatusCode) throw await ReachAsync(request, _ => ApiFailure.ReadAsync(request, response, either.Token), cancellationToken);

            // It answers now; what is said to end after these seconds and does not is lost.
            deadline.CancelAfter(TimeSpan.FromSeconds(seconds) + AttemptPatience);
            return new KubernetesWatch(request, response, deadline);
        }
        catch
        {
            response?.Dispose();
            deadline.Dispose();
            throw;
        }
    }

    /// <summary>Changes what the patch names, by RFC 7396: a null removes.</summary>
    public async Task<KubernetesObject> MergePatchAsync(
        ResourceKind kind, ObjectKey key, JsonObject patch, CancellationToken cancellationToken, string? subresource = null) =>
        new(await SendAsync(
            new ApiRequest(HttpMethod.Patch, $"{kind.ObjectPath(key.Namespace, key.Name, subresource)}?fieldManager={Manager}")
            {
                Body = patch,
                ContentType = ApiRequest.MergePatch,
                IsSecret = IsSecret(kind),
            },
            cancellationToken));

    /// <summary>Asks for its deletion; finalizers may hold it for longer.</summary>
    /// <returns>False when there was none.</returns>
    public async Task<bool> DeleteAsync(ResourceKind kind, ObjectKey key, DeleteOptions? options, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(new ApiRequest(HttpMethod.Delete, kind.ObjectPath(key.Namespace, key.Name)) { Body = options?.ToJson() }, cancellationToken);
            return true;
        }
        catch (KubernetesException failure) when (failure.IsNotFound)
        {
            return false;
        }
    }

    /// <summary>What the server is; also tells whether it can be reached.</summary>
    public async Task<KubernetesVersion> GetVersionAsync(CancellationToken cancellationToken)
    {
        var version = new KubernetesObject(await SendAsync(new ApiRequest(HttpMethod.Get, "/version"), cancellationToken));
        return new KubernetesVersion(Digits(version.Text("major")), Digits(version.Text("minor")), version.Text("gitVersion") ?? "");
    }

    public void Dispose() => _connection.Dispose();

    private static bool IsSecret(ResourceKind kind) => kind is { Group: "", Plural: "secrets" };

    private static string Labels(ObjectSelection selection) => selection.Labels is null ? "" : $"&labelSelector={Uri.EscapeDataString(selection.Labels)}";

    private static int Digits(string? text) => int.TryParse(text?.TrimEnd('+'), out var number) ? number : 0;

    [LoggerMessage(6000, LogLevel.Debug, "{Request} failed in attempt {Attempt} and is tried again in {Wait}")]
    private static partial void LogRetry(ILogger logger, ApiRequest request, int attempt, TimeSpan wait, Exception failure);
}
