using System.Globalization;
using System.Text.Json.Nodes;
using KubernetesObject = OrleansDaap.CloudNativePg.Kubernetes.KubernetesObject;

namespace OrleansDaap.CloudNativePg.Restores;

/// <summary>What we write down on a database's <c>ObjectStore</c>, which is there for as long as there is something to restore from.</summary>
/// <param name="MarkedAt">A transaction committed just after that moment; nothing else is known to have committed later.</param>
/// <param name="MaxConnections">What a recovery needs at least; 0 when it is not known.</param>
/// <param name="MaxWorkers">Likewise.</param>
/// <param name="SizeBytes">What all of it took when it was measured last.</param>
/// <param name="MeasuredFor">The newest backup at that time.</param>
internal sealed record StoreNotes(DateTimeOffset? MarkedAt, int MaxConnections, int MaxWorkers, long SizeBytes, string? MeasuredFor)
{
    private const string Mark = "daap.io/marked-at";
    private const string Connections = "daap.io/max-connections";
    private const string Workers = "daap.io/max-worker-processes";
    private const string Size = "daap.io/size-bytes";
    private const string Measured = "daap.io/measured-for";

    public static StoreNotes Of(KubernetesObject? store) => new(
        DateTimeOffset.TryParse(store?.Annotation(Mark), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var marked) ? marked : null,
        (int)Number(store, Connections),
        (int)Number(store, Workers),
        Number(store, Size),
        store?.Annotation(Measured));

    /// <summary>Adds what a recovery will need to the store's manifest.</summary>
    public static void WriteSettings(JsonObject store, JsonObject parameters)
    {
        store["metadata"]!["annotations"] = new JsonObject
        {
            [Connections] = parameters["max_connections"]!.DeepClone(),
            [Workers] = parameters["max_worker_processes"]!.DeepClone(),
        };
    }

    public static JsonObject MarkPatch(DateTimeOffset at) => Patch((Mark, at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)));

    public static JsonObject SizePatch(long bytes, string measuredFor) => Patch((Size, bytes.ToString(CultureInfo.InvariantCulture)), (Measured, measuredFor));

    private static JsonObject Patch(params (string Name, string Value)[] notes)
    {
        var annotations = new JsonObject();
        foreach (var (name, value) in notes) annotations[name] = value;
        return new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } };
    }

    private static long Number(KubernetesObject? store, string name) =>
        long.TryParse(store?.Annotation(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
