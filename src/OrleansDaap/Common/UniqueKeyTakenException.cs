namespace OrleansDaap.Common;

/// <summary>Storage refused a write because another record holds a key that must be unique; nothing was written.</summary>
/// <param name="key">The unique key's name in storage, such as <c>database_name</c>.</param>
[GenerateSerializer, Alias("daap.unique-key-taken")]
public sealed class UniqueKeyTakenException(string key) : Exception($"The unique key {key} is taken.")
{
    [Id(0)]
    public string Key { get; private init; } = key;
}
