namespace OrleansDaap.Storage.Connections;

/// <summary>Whether the platform's PostgreSQL answers, for <c>/health</c>.</summary>
internal interface IStoreHealth
{
    /// <summary>Returns within two seconds.</summary>
    /// <exception cref="Common.StoreUnavailableException">It does not answer.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
