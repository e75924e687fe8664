using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Testing.Kubernetes.Fields;
using OrleansDaap.Testing.Kubernetes.Schemas;
using OrleansDaap.Testing.Kubernetes.Storage;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>Creates, applies, patches, replaces and deletes, as the API server does.</summary>
internal sealed class ObjectWriter(ObjectStore store, TimeProvider time)
{
    private const string Update = "Update";

    public ApiAnswer Create(ApiCall call)
    {
        var sent = SentObject(call);
        var name = sent["metadata"]?["name"]?.GetValue<string>() ?? throw Refusal.Invalid(call.Kind, "", [new("FieldValueRequired", "metadata.name", "Required value: name or generateName is required")]);
        var named = call with { Key = call.Key with { Name = name } };
        lock (store.Lock)
        {
            CheckNamespace(named);
            if (store.Find(call.Kind, named.Key) is not null) throw Refusal.AlreadyExists(call.Kind, name);
            return Save(named, null, sent, 201);
        }
    }

    public ApiAnswer Replace(ApiCall call)
    {
        var sent = SentObject(call);
        lock (store.Lock)
        {
            var live = Require(call);
            var uid = sent["metadata"]?["uid"]?.GetValue<string>();
            if (uid is not null && uid != Uid(live)) throw Refusal.Precondition(call.Kind, call.Key.Name, "UID", uid, Uid(live));
            return Save(call, live, sent, 200);
        }
    }

    public ApiAnswer Patch(ApiCall call)
    {
        if (call.Body is not JsonObject patch) throw Refusal.Of(400, "BadRequest", "error decoding patch: it is no object");
        lock (store.Lock)
        {
            var live = Require(call);
            return Save(call, live, FieldMerge.Patch(live, patch)!.AsObject(), 200);
        }
    }

    public ApiAnswer Apply(ApiCall call)
    {
        if (!call.Query.ContainsKey("fieldManager")) throw Refusal.ManagerRequired();
        var sent = SentObject(call);
        if (sent["metadata"]?["managedFields"] is not null) throw Refusal.Of(400, "BadRequest", "metadata.managedFields must be nil");
        if (TypedPatch.FindMistake(sent, call.Served.Schema) is { } mistake)
        {
            throw Refusal.Of(500, null, $"failed to create typed patch object ({sent["metadata"]?["namespace"]}/{call.Key.Name}; {call.Kind.ApiVersion}, Kind={call.Kind.Kind}): {mistake}");
        }

        lock (store.Lock)
        {
            CheckNamespace(call);
            var live = store.Find(call.Kind, call.Key)?.ToJson();
            if (sent["metadata"]?["uid"]?.GetValue<string>() is { } uid)
            {
                if (live is null) throw Refusal.NoneWithUid(call.Kind, call.Key.Name, uid);
                if (uid != Uid(live)) throw Refusal.Precondition(call.Kind, call.Key.Name, "UID", uid, Uid(live));
            }

            var (merged, ownership) = Merge(call, live, sent);
            return Save(call, live, merged, live is null ? 201 : 200, ownership);
        }
    }

    public ApiAnswer Delete(ApiCall call)
    {
        var options = call.Body as JsonObject;
        lock (store.Lock)
        {
            var live = Require(call);
            if (options?["preconditions"]?["uid"]?.GetValue<string>() is { } uid && uid != Uid(live))
            {
                throw Refusal.Precondition(call.Kind, call.Key.Name, "UID", uid, Uid(live));
            }

            var version = live["metadata"]!["resourceVersion"]!.GetValue<string>();
            if (options?["preconditions"]?["resourceVersion"]?.GetValue<string>() is { } wanted && wanted != version)
            {
                throw Refusal.Precondition(call.Kind, call.Key.Name, "ResourceVersion", wanted, version);
            }

            if (call.IsDryRun) return new ApiAnswer(200, Utf8(live));
            return MarkDeleted(call, live, options) is { } held ? new ApiAnswer(200, held.Utf8) : Removed(call, live);
        }
    }

    // Null: nothing holds it.
    private StoredVersion? MarkDeleted(ApiCall call, JsonObject live, JsonObject? options)
    {
        var metadata = live["metadata"]!.AsObject();
        var propagation = (options?["propagationPolicy"] ?? call.Query.GetValueOrDefault("propagationPolicy"))?.ToString();
        var finalizers = metadata["finalizers"] as JsonArray ?? [];
        if (propagation is "Foreground" or "Orphan")
        {
            var own = propagation == "Foreground" ? "foregroundDeletion" : "orphan";
            if (!finalizers.Any(finalizer => finalizer!.GetValue<string>() == own)) finalizers.Add(own);
            metadata["finalizers"] = finalizers.Parent is null ? finalizers : finalizers.DeepClone();
        }

        var isNamespace = call.Kind == ResourceKind.Namespace;
        if (finalizers.Count == 0 && !isNamespace) return null;
        if (metadata["deletionTimestamp"] is null)
        {
            metadata["deletionTimestamp"] = Now();
            metadata["deletionGracePeriodSeconds"] = 0;
            if (metadata["generation"] is { } generation) metadata["generation"] = generation.GetValue<long>() + 1;
            if (isNamespace) live["status"]!["phase"] = "Terminating";
            return store.Put(call.Kind, call.Key, live);
        }

        return store.Find(call.Kind, call.Key);
    }

    private ApiAnswer Removed(ApiCall call, JsonObject live)
    {
        store.Remove(call.Kind, call.Key);
        var details = Refusal.Details(call.Kind, call.Key.Name, call.Kind.Plural);
        details["uid"] = Uid(live);
        return new ApiAnswer(200, Utf8(new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        }));
    }

    private static (JsonObject Merged, Ownership Ownership) Merge(ApiCall call, JsonObject? live, JsonObject sent)
    {
        var schema = call.Served.Schema;
        var fields = ManagedFields.Of(live);
        var owned = OwnFields(call, FieldWalk.Owned(sent, schema));
        if (live is not null)
        {
            var differing = owned.Intersect(FieldWalk.Differing(live, sent, schema));
            var conflicts = fields.Entries.Where(entry => !IsApplier(entry, call))
                .SelectMany(entry => entry.Fields.Intersect(differing).Paths().Select(path => (entry.Manager, path))).ToArray();
            if (conflicts.Length > 0 && call.Query.GetValueOrDefault("force") is not ("true" or "1")) throw Refusal.FieldConflicts(conflicts);
            fields.TakeFromOthers(entry => IsApplier(entry, call), differing);
        }

        var merged = live is null ? sent.DeepClone().AsObject() : FieldMerge.Merge(live, sent, schema)!.AsObject();
        var gone = (fields.Find(call.Manager, "Apply", call.Subresource)?.Fields ?? new FieldSet()).Except(owned);
        fields.TakeFromOthers(entry => !IsApplier(entry, call), gone);
        FieldMerge.Remove(merged, gone, fields.All().Union(owned), schema);
        return (merged, new Ownership(fields, owned));
    }

    /// <summary>Completes, checks and keeps an object; nothing is written when nothing changed.</summary>
    private ApiAnswer Save(ApiCall call, JsonObject? live, JsonObject wanted, int code, Ownership? applied = null)
    {
        if (wanted["metadata"]?["resourceVersion"]?.GetValue<string>() is { Length: > 0 } version && version != live?["metadata"]?["resourceVersion"]?.GetValue<string>())
        {
            throw live is null ? Refusal.Of(400, "BadRequest", "resourceVersion should not be set on objects to be created") : Refusal.Stale(call.Kind, call.Key.Name);
        }

        var next = Assemble(call, live, wanted);
        var dropped = SchemaPruning.Prune(next, call.Served.Schema);
        if (dropped.Count > 0 && call.Query.GetValueOrDefault("fieldValidation") == "Strict")
        {
            throw Refusal.Of(400, "BadRequest", $"strict decoding error: {string.Join(", ", dropped.Select(path => $"unknown field \"{path}\""))}");
        }

        SchemaDefaults.Apply(next, call.Served.Schema);
        call.Served.Complete(next);
        if (SchemaValidation.FindMistakes(next, live, call.Served.Schema) is { Count: > 0 } mistakes) throw Refusal.Invalid(call.Kind, call.Key.Name, mistakes);

        var fields = applied?.Fields ?? ManagedFields.Of(live);
        if (applied is null) Updated(call, live, next, fields);
        else fields.Set(call.Manager, "Apply", call.Subresource, call.Kind.ApiVersion, applied.Owned, time.GetUtcNow());
        next["metadata"]!["managedFields"] = fields.ToJson();

        var warnings = dropped.Select(path => $"unknown field \"{path}\"").ToArray();
        if (live is not null && JsonNode.DeepEquals(live, next)) return new ApiAnswer(code, store.Find(call.Kind, call.Key)!.Utf8, warnings);
        if (live is not null && call.Served.HasGeneration && !JsonNode.DeepEquals(Wanted(live), Wanted(next)))
        {
            next["metadata"]!["generation"] = live["metadata"]!["generation"]!.GetValue<long>() + 1;
        }

        if (call.IsDryRun) return new ApiAnswer(code, Utf8(next), warnings);
        if (next["metadata"]!["deletionTimestamp"] is not null && next["metadata"]!["finalizers"] is not JsonArray { Count: > 0 } && call.Kind != ResourceKind.Namespace)
        {
            // The last state that anybody sees is the one before the last finalizer went.
            store.Remove(call.Kind, call.Key);
            return new ApiAnswer(code, Utf8(next), warnings);
        }

        return new ApiAnswer(code, store.Put(call.Kind, call.Key, next).Utf8, warnings);
    }

    // What the caller may change of what is there.
    private JsonObject Assemble(ApiCall call, JsonObject? live, JsonObject wanted)
    {
        JsonObject next;
        if (call.Subresource == "status")
        {
            next = live!.DeepClone().AsObject();
            if (wanted["status"] is { } status) next["status"] = status.DeepClone();
            else next.Remove("status");
            return next;
        }

        next = wanted.DeepClone().AsObject();
        if (call.Served.HasStatus)
        {
            next.Remove("status");
            if (live?["status"] is { } status) next["status"] = status.DeepClone();
        }

        if (next["metadata"] is not JsonObject metadata) next["metadata"] = metadata = [];
        next["apiVersion"] = call.Kind.ApiVersion;
        next["kind"] = call.Kind.Kind;
        metadata["name"] = call.Key.Name;
        if (call.Key.Namespace is not null) metadata["namespace"] = call.Key.Namespace;
        if (live is null)
        {
            metadata["uid"] = Guid.NewGuid().ToString();
            metadata["creationTimestamp"] = Now();
            if (call.Served.HasGeneration) metadata["generation"] = 1;
            return next;
        }

        foreach (var name in (string[])["uid", "creationTimestamp", "generation", "resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds"])
        {
            metadata.Remove(name);
            if (live["metadata"]![name] is { } kept) metadata[name] = kept.DeepClone();
        }

        return next;
    }

    private void Updated(ApiCall call, JsonObject? live, JsonObject next, ManagedFields fields)
    {
        var (written, removed) = FieldWalk.Compare(live ?? new JsonObject(), next, call.Served.Schema);
        var own = OwnFields(call, written);
        fields.TakeFromOthers(entry => entry.Operation == Update && IsBy(entry, call), own.Union(OwnFields(call, removed)));
        var before = fields.Find(call.Manager, Update, call.Subresource)?.Fields ?? new FieldSet();
        fields.Set(call.Manager, Update, call.Subresource, call.Kind.ApiVersion, before.Union(own).Except(OwnFields(call, removed)), time.GetUtcNow());
    }

    /// <summary>Nobody owns an object's identity, nor what a path does not write.</summary>
    private static FieldSet OwnFields(ApiCall call, FieldSet fields)
    {
        var own = fields.Union(new FieldSet()).AsContainer();
        own.Remove("f:apiVersion");
        own.Remove("f:kind");
        if (call.Subresource == "status")
        {
            foreach (var name in own.Children.Keys.Where(name => name != "f:status").ToArray()) own.Remove(name);
        }
        else if (call.Served.HasStatus)
        {
            own.Remove("f:status");
        }

        if (own.Child("f:metadata") is { } metadata)
        {
            metadata.AsContainer();
            foreach (var name in metadata.Children.Keys.Where(name => name is not ("f:labels" or "f:annotations" or "f:finalizers" or "f:ownerReferences")).ToArray())
            {
                metadata.Remove(name);
            }

            if (metadata.IsEmpty) own.Remove("f:metadata");
        }

        return own;
    }

    private void CheckNamespace(ApiCall call)
    {
        if (call.Key.Namespace is null) return;
        var @namespace = store.Find(ResourceKind.Namespace, new ObjectKey(null, call.Key.Namespace)) ?? throw Refusal.NotFound(ResourceKind.Namespace, call.Key.Namespace);
        if (@namespace.IsDeleting && store.Find(call.Kind, call.Key) is null) throw Refusal.NamespaceTerminating(call.Kind, call.Key);
    }

    private JsonObject Require(ApiCall call) => store.Find(call.Kind, call.Key)?.ToJson() ?? throw Refusal.NotFound(call.Kind, call.Key.Name);

    private static JsonObject SentObject(ApiCall call)
    {
        if (call.Body is not JsonObject sent) throw Refusal.Of(400, "BadRequest", "the body is no object");
        if (sent["kind"]?.GetValue<string>() != call.Kind.Kind || sent["apiVersion"]?.GetValue<string>() != call.Kind.ApiVersion)
        {
            throw Refusal.Of(400, "BadRequest", $"the object ({sent["apiVersion"]}, Kind={sent["kind"]}) does not match the path ({call.Kind.ApiVersion}, Kind={call.Kind.Kind})");
        }

        var metadata = sent["metadata"];
        if (call.Key.Name.Length > 0 && metadata?["name"]?.GetValue<string>() is { } name && name != call.Key.Name)
        {
            throw Refusal.Of(400, "BadRequest", $"the name of the object ({name}) does not match the name on the URL ({call.Key.Name})");
        }

        if (metadata?["namespace"]?.GetValue<string>() is { } @namespace && @namespace != call.Key.Namespace)
        {
            throw Refusal.Of(400, "BadRequest", "the namespace of the provided object does not match the namespace sent on the request");
        }

        return sent;
    }

    private static JsonObject Wanted(JsonObject json)
    {
        var wanted = json.DeepClone().AsObject();
        wanted.Remove("metadata");
        wanted.Remove("status");
        return wanted;
    }

    private static bool IsApplier(ManagedFields.Entry entry, ApiCall call) => entry.Operation == "Apply" && IsBy(entry, call);

    private static bool IsBy(ManagedFields.Entry entry, ApiCall call) => entry.Manager == call.Manager && entry.Subresource == call.Subresource;

    private string Now() => time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Uid(JsonObject json) => json["metadata"]!["uid"]!.GetValue<string>();

    private static ReadOnlyMemory<byte> Utf8(JsonObject json) => JsonSerializer.SerializeToUtf8Bytes(json);

    /// <param name="Fields">Everyone's, without the applier's new ones.</param>
    /// <param name="Owned">What the applier owns from now on.</param>
    private sealed record Ownership(ManagedFields Fields, FieldSet Owned);
}
