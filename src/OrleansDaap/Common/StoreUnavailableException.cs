namespace OrleansDaap.Common;

/// <summary>The platform's PostgreSQL could not be reached or did not answer in time; whether the write happened is unknown.</summary>
/// <remarks>Orleans would wrap any other exception of a storage into an <see cref="OrleansException"/>, and callers could not tell it.</remarks>
[GenerateSerializer, Alias("daap.store-unavailable")]
public sealed class StoreUnavailableException(string message, Exception? inner) : OrleansException(message, inner!);
