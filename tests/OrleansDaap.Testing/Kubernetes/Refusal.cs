using System.Text.Json.Nodes;
using OrleansDaap.CloudNativePg.Kubernetes;
using OrleansDaap.Testing.Kubernetes.Schemas;

namespace OrleansDaap.Testing.Kubernetes;

/// <summary>A request ends here, with a <c>Status</c> document as the API server writes them.</summary>
internal sealed class Refusal(int code, JsonObject status) : Exception($"{code} {status["message"]}")
{
    public int Code { get; } = code;

    public JsonObject Status { get; } = status;

    public TimeSpan? RetryAfter { get; init; }

    public static Refusal Of(int code, string? reason, string message, JsonObject? details = null)
    {
        var status = new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = message };
        if (reason is not null) status["reason"] = reason;
        if (details is not null) status["details"] = details;
        status["code"] = code;
        return new Refusal(code, status);
    }

    public static Refusal NotFound(ResourceKind kind, string name) => Of(404, "NotFound", $"{kind} \"{name}\" not found", Details(kind, name, kind.Plural));

    public static Refusal NoSuchPath() => Of(404, "NotFound", "the server could not find the requested resource", new JsonObject());

    public static Refusal AlreadyExists(ResourceKind kind, string name) =>
        Of(409, "AlreadyExists", $"{kind} \"{name}\" already exists", Details(kind, name, kind.Plural));

    public static Refusal Stale(ResourceKind kind, string name) => Of(
        409,
        "Conflict",
        $"Operation cannot be fulfilled on {kind} \"{name}\": the object has been modified; please apply your changes to the latest version and try again",
        Details(kind, name, kind.Plural));

    public static Refusal Precondition(ResourceKind kind, string name, string what, string wanted, string found) => Of(
        409,
        "Conflict",
        $"Operation cannot be fulfilled on {Typed(kind)} \"{name}\": the {what} in the precondition ({wanted}) does not match the {what} in record ({found}). The object might have been "
        + (what == "UID" ? "deleted and then recreated" : "modified"),
        Details(kind, name, kind.Kind));

    public static Refusal NoneWithUid(ResourceKind kind, string name, string uid) => Of(
        409,
        "Conflict",
        $"Operation cannot be fulfilled on {Typed(kind)} \"{name}\": uid mismatch: the provided object specified uid {uid}, and no existing object was found",
        Details(kind, name, kind.Plural));

    public static Refusal Unauthorized() => Of(401, "Unauthorized", "Unauthorized");

    public static Refusal Forbidden(ResourceKind kind, string verb, string user, ObjectKey key)
    {
        var place = key.Namespace is null ? "at the cluster scope" : $"in the namespace \"{key.Namespace}\"";
        return Of(
            403,
            "Forbidden",
            $"{kind}{(key.Name.Length == 0 ? "" : $" \"{key.Name}\"")} is forbidden: User \"{user}\" cannot {verb} resource \"{kind.Plural}\" in API group \"{kind.Group}\" {place}",
            Details(kind, key.Name, kind.Plural));
    }

    public static Refusal Invalid(ResourceKind kind, string name, IReadOnlyList<SchemaMistake> mistakes)
    {
        var details = Details(kind, name, kind.Kind);
        details["causes"] = new JsonArray([.. mistakes.Select(JsonNode (mistake) => Cause(mistake.Reason, mistake.Message, mistake.Field))]);
        var words = mistakes.Select(mistake => $"{mistake.Field}: {mistake.Message}").ToArray();
        return Of(422, "Invalid", $"{Typed(kind)} \"{name}\" is invalid: {(words.Length == 1 ? words[0] : $"[{string.Join(", ", words)}]")}", details);
    }

    public static Refusal ManagerRequired() => Of(
        422,
        "Invalid",
        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch",
        new JsonObject
        {
            ["group"] = "meta.k8s.io",
            ["kind"] = "PatchOptions",
            ["causes"] = new JsonArray(Cause("FieldValueRequired", "Required value: is required for apply patch", "fieldManager")),
        });

    public static Refusal FieldConflicts(IReadOnlyList<(string Manager, string Field)> conflicts)
    {
        var words = conflicts.Count == 1
            ? $"Apply failed with 1 conflict: conflict with \"{conflicts[0].Manager}\": {conflicts[0].Field}"
            : $"Apply failed with {conflicts.Count} conflicts: {string.Join('\n', conflicts.GroupBy(conflict => conflict.Manager).Select(group => $"conflicts with \"{group.Key}\":\n{string.Join('\n', group.Select(conflict => $"- {conflict.Field}"))}"))}";
        return Of(409, "Conflict", words, new JsonObject
        {
            ["causes"] = new JsonArray([.. conflicts.Select(JsonNode (conflict) => Cause("FieldManagerConflict", $"conflict with \"{conflict.Manager}\"", conflict.Field))]),
        });
    }

    public static Refusal NamespaceTerminating(ResourceKind kind, ObjectKey key)
    {
        var details = Details(kind, key.Name, kind.Plural);
        details["causes"] = new JsonArray(Cause("NamespaceTerminating", $"namespace {key.Namespace} is being terminated", "metadata.namespace"));
        return Of(403, "Forbidden", $"{kind} \"{key.Name}\" is forbidden: unable to create new content in namespace {key.Namespace} because it is being terminated", details);
    }

    public static JsonObject Details(ResourceKind kind, string name, string kindName)
    {
        var details = new JsonObject();
        if (name.Length > 0) details["name"] = name;
        if (kind.Group.Length > 0) details["group"] = kind.Group;
        details["kind"] = kindName;
        return details;
    }

    private static JsonObject Cause(string reason, string message, string field) => new() { ["reason"] = reason, ["message"] = message, ["field"] = field };

    private static string Typed(ResourceKind kind) => kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";
}
