namespace OrleansDaap.CloudNativePg.Kubernetes;

/// <summary>What becomes of the objects that a deleted one owns; named as on the wire.</summary>
internal enum DeletePropagation
{
    /// <summary>They go first; the owner stays, being deleted, until they are gone.</summary>
    Foreground,

    /// <summary>They go after it.</summary>
    Background,

    /// <summary>They stay.</summary>
    Orphan,
}
