using System.Text.Json.Nodes;

namespace OrleansDaap.Testing.Kubernetes.Fields;

/// <summary>Which fields somebody owns, as a tree: Kubernetes' <c>fieldsV1</c>.</summary>
internal sealed class FieldSet
{
    private readonly SortedDictionary<string, FieldSet> _children = new(StringComparer.Ordinal);

    /// <summary>The place itself is owned, and not only something below it.</summary>
    public bool IsMember { get; private set; }

    public IReadOnlyDictionary<string, FieldSet> Children => _children;

    public bool IsEmpty => !IsMember && _children.Count == 0;

    public static FieldSet Leaf() => new() { IsMember = true };

    public static FieldSet FromJson(JsonObject json)
    {
        var set = new FieldSet { IsMember = json.Count == 0 || json.ContainsKey(".") };
        foreach (var (name, child) in json.Where(child => child.Key != ".")) set._children[name] = FromJson(child!.AsObject());
        return set;
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (IsMember && _children.Count > 0) json["."] = new JsonObject();
        foreach (var (name, child) in _children) json[name] = child.ToJson();
        return json;
    }

    public void Add(string name, FieldSet child)
    {
        if (!child.IsEmpty) _children[name] = child;
    }

    public void Remove(string name) => _children.Remove(name);

    /// <summary>The same without the place itself; what is below stays.</summary>
    public FieldSet AsContainer()
    {
        IsMember = false;
        return this;
    }

    public FieldSet AsMember()
    {
        IsMember = true;
        return this;
    }

    public FieldSet Union(FieldSet other)
    {
        var union = new FieldSet { IsMember = IsMember || other.IsMember };
        foreach (var name in _children.Keys.Union(other._children.Keys))
        {
            union._children[name] = (Child(name) ?? new FieldSet()).Union(other.Child(name) ?? new FieldSet());
        }

        return union;
    }

    public FieldSet Except(FieldSet other)
    {
        var rest = new FieldSet { IsMember = IsMember && !other.IsMember };
        foreach (var (name, child) in _children) rest.Add(name, other.Child(name) is { } taken ? child.Except(taken) : child);
        return rest;
    }

    public FieldSet Intersect(FieldSet other)
    {
        var common = new FieldSet { IsMember = IsMember && other.IsMember };
        foreach (var (name, child) in _children)
        {
            if (other.Child(name) is { } there) common.Add(name, child.Intersect(there));
        }

        return common;
    }

    /// <summary>The owned places, as the API server writes them: <c>.spec.instances</c>.</summary>
    public IEnumerable<string> Paths(string prefix = "")
    {
        if (IsMember) yield return prefix;
        foreach (var (name, child) in _children)
        {
            foreach (var path in child.Paths(prefix + Step(name))) yield return path;
        }
    }

    public FieldSet? Child(string name) => _children.GetValueOrDefault(name);

    private static string Step(string name) => name.StartsWith("f:", StringComparison.Ordinal) ? $".{name[2..]}" : $"[{name[2..]}]";
}
