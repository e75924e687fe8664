using Orleans.Concurrency;
using OrleansDaap.Common;

namespace OrleansDaap.Access;

/// <summary>One API key, named by its public id. As the only activation anywhere, it makes a revocation take effect at once everywhere.</summary>
[Alias("daap.IApiKeyGrain")]
public interface IApiKeyGrain : IGrainWithStringKey
{
    /// <summary>Stores a new key; a key that is there already stays as it is, revoked or not.</summary>
    [Alias("create")]
    Task<ApiKeyState> CreateAsync(NewApiKey key, AuditEntry? entry = null);

    /// <summary>The caller that a key with this hash stands for; null when it is unknown, expired, revoked or another.</summary>
    [Alias("authenticate"), AlwaysInterleave]
    Task<Caller?> AuthenticateAsync(string hash);

    /// <summary>Revokes the key at once; null when there is none. Repeating it changes nothing.</summary>
    [Alias("revoke")]
    Task<ApiKeyState?> RevokeAsync(AuditEntry? entry = null);
}
