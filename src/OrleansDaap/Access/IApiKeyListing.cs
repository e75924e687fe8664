using OrleansDaap.Common;

namespace OrleansDaap.Access;

/// <summary>All API keys, newest first.</summary>
public interface IApiKeyListing
{
    Task<Page<ApiKeyState>> ListAsync(PageRequest page, CancellationToken cancellationToken);
}
