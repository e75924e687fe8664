namespace OrleansDaap.CloudNativePg.Kubernetes;

internal enum WatchEventKind
{
    Added,
    Modified,
    Deleted,

    /// <summary>Nothing happened up to that resourceVersion: a watch may go on from it.</summary>
    Bookmark,
}
