namespace OrleansDaap.Common;

/// <summary>The backend that runs the clusters could not be reached or did not answer in time.</summary>
[GenerateSerializer, Alias("daap.backend-unavailable")]
public sealed class BackendUnavailableException(string message, Exception? inner) : Exception(message, inner);
