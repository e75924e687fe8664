using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Testing.Kubernetes.Storage;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>The namespace controller's part.</summary>
internal static class NamespaceEnd
{
    public static bool Finish(ObjectStore store, string name)
    {
        lock (store.Lock)
        {
            var key = new ObjectKey(null, name);
            if (store.Find(ResourceKind.Namespace, key) is not { } @namespace) return true;
            if (!@namespace.IsDeleting) return false;
            var isHeld = false;
            foreach (var kind in store.Kinds.Where(kind => kind.IsNamespaced).ToArray())
            {
                foreach (var content in store.Snapshot(kind).Objects.Values.Where(content => content.Key.Namespace == name))
                {
                    var json = content.ToJson();
                    if (json["metadata"]!["finalizers"] is not System.Text.Json.Nodes.JsonArray { Count: > 0 })
                    {
                        store.Remove(kind, content.Key);
                        continue;
                    }

                    isHeld = true;
                    if (content.IsDeleting) continue;
                    json["metadata"]!["deletionTimestamp"] = @namespace.ToJson()["metadata"]!["deletionTimestamp"]!.DeepClone();
                    store.Put(kind, content.Key, json);
                }
            }

            if (!isHeld) store.Remove(ResourceKind.Namespace, key);
            return !isHeld;
        }
    }
}
