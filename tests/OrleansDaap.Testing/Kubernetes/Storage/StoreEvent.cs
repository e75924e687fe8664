namespace OrleansDaap.Testing.Kubernetes.Storage;

/// <summary>One change.</summary>
/// <param name="Revision">When.</param>
/// <param name="Before">Null: it was created.</param>
/// <param name="Now">For a deletion, the last state at the revision of the deletion.</param>
/// <param name="IsDeleted">It is gone.</param>
internal sealed record StoreEvent(long Revision, StoredVersion? Before, StoredVersion Now, bool IsDeleted);
