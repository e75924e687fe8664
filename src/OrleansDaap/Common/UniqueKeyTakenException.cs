namespace OrleansDaap.Common;

/// <summary>Storage refused a write because another record holds a key that must be unique; nothing was written.</summary>
/// <param name="key">The unique key's name in storage, such as <c>database_name</c>.</param>
/// <remarks>Orleans would wrap any other exception of a storage into an <see cref="OrleansException"/>, and callers could not tell it.</remarks>
[GenerateSerializer, Alias("daap.unique-key-taken")]
public sealed class UniqueKeyTakenException(string key) : OrleansException($"The unique key {key} is taken.")
{
    [Id(0)]
    public string Key { get; private init; } = key;
}
