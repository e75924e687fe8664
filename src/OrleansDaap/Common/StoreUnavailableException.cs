namespace OrleansDaap.Common;

/// <summary>The platform's PostgreSQL could not be reached or did not answer in time; whether the write happened is unknown.</summary>
[GenerateSerializer, Alias("daap.store-unavailable")]
public sealed class StoreUnavailableException(string message, Exception? inner) : Exception(message, inner);
