using OrleansDaap.Access;
using OrleansDaap.Common;
using OrleansDaap.Storage.Connections;
using OrleansDaap.Storage.States;

namespace OrleansDaap.Storage.Listings;

/// <summary>API keys by the age of their rows.</summary>
internal sealed class NpgsqlApiKeyListing(PlatformDatabase database, StateJson json) : IApiKeyListing
{
    private const string Kind = "api-key";

    private static readonly ByAge.Order Order = new(Kind);

    public Task<Page<ApiKeyState>> ListAsync(PageRequest page, CancellationToken cancellationToken) =>
        ByAge.ListAsync<ApiKeyState>(database, json, Order, page, cancellationToken);

    public async Task<ApiKeyState?> FindAsync(string id, CancellationToken cancellationToken) =>
        await StoredState.FindAsync(database, Kind, id, cancellationToken) is { } stored ? json.Read<ApiKeyState>(stored.State) : null;
}
