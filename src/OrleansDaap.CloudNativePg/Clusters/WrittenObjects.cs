using System.Text.Json.Nodes;
using KubernetesObject = OrleansDaap.CloudNativePg.Kubernetes.KubernetesObject;

namespace OrleansDaap.CloudNativePg.Clusters;

/// <summary>What was written of one database, until the watches show it; not to be used by two at once.</summary>
internal sealed class WrittenObjects(TimeProvider time)
{
    /// <summary>What a watch has not shown by then was overtaken by something else.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Dictionary<ObjectId, (string Version, DateTimeOffset At)> _written = [];

    /// <summary>What the server keeps otherwise than it was told, some webhook's doing: not to be written again and again.</summary>
    private readonly Dictionary<ObjectId, (string Uid, long Generation)> _altered = [];

    public void Add(ObjectId id, JsonObject manifest, KubernetesObject answer)
    {
        _written[id] = (answer.ResourceVersion, time.GetUtcNow());
        if (Drift.IsIn(manifest, answer.Json)) _altered[id] = (answer.Uid, answer.Generation);
        else _altered.Remove(id);
    }

    /// <summary>Whether the watches show all of it.</summary>
    public bool AreShown(DatabaseObjects found)
    {
        foreach (var (id, (version, at)) in _written.ToArray())
        {
            if (IsAtLeast(found.All.GetValueOrDefault(id)?.ResourceVersion, version) || time.GetUtcNow() - at > Patience) _written.Remove(id);
        }

        return _written.Count == 0;
    }

    public bool IsAltered(ObjectId id, KubernetesObject live) => _altered.TryGetValue(id, out var known) && known == (live.Uid, live.Generation);

    private static bool IsAtLeast(string? shown, string written) =>
        shown == written || (ulong.TryParse(shown, out var one) && ulong.TryParse(written, out var other) && one >= other);
}
