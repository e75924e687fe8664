using OrleansDaap.Common;

namespace OrleansDaap.Access;

/// <summary>All API keys, newest first.</summary>
public interface IApiKeyListing
{
    Task<Page<ApiKeyState>> ListAsync(PageRequest page, CancellationToken cancellationToken);

    /// <summary>One key, as it is stored; null when there is none.</summary>
    Task<ApiKeyState?> FindAsync(string id, CancellationToken cancellationToken);
}
