namespace OrleansDaap.Testing;

/// <summary>What a grain asks of <see cref="InMemoryGrainStorage"/>.</summary>
public enum StorageOperation
{
    Read,
    Write,
    Clear,
}
