namespace OrleansDaap.CloudNativePg.Backups;

/// <summary>The object store refused, or could not be reached. Never holds a key.</summary>
internal sealed class BucketException(string message, Exception? cause = null) : Exception(message, cause);
