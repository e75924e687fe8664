using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.States;

namespace OrleansDaap.Storage.Listings;

/// <summary>API keys by the age of their rows.</summary>
internal sealed class NpgsqlApiKeyListing(PlatformDatabase database, StateJson json) : IApiKeyListing
{
    private static readonly ByAge.Order Order = new("api-key");

    public Task<Page<ApiKeyState>> ListAsync(PageRequest page, CancellationToken cancellationToken) =>
        ByAge.ListAsync<ApiKeyState>(database, json, Order, page, cancellationToken);
}
