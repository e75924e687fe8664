using OrleansDaap.Access;
using OrleansDaap.Common;

namespace OrleansDaap.IntegrationTests.Api.Fakes;

internal sealed class InMemoryApiKey(InMemoryPlatform platform, string id) : IApiKeyGrain
{
    public async Task<ApiKeyState> CreateAsync(NewApiKey key, AuditEntry? entry)
    {
        if (platform.Keys.TryGetValue(id, out var known))
            return known;
        await platform.AppendWithChangeAsync(entry);
        var made = new ApiKeyState
        {
            Id = id,
            Hash = key.Hash,
            Team = key.Team,
            Role = key.Role,
            Description = key.Description,
            CreatedBy = key.CreatedBy,
            ExpiresAt = key.ExpiresAt,
            CreatedAt = InMemoryPlatform.Now,
        };
        platform.Keys[id] = made;
        return made with { Audit = entry };
    }

    public Task<Caller?> AuthenticateAsync(string hash)
    {
        platform.Before("authenticate");
        return Task.FromResult(platform.Keys.TryGetValue(id, out var key) && key.Hash == hash && key.RevokedAt is null
            ? new Caller(id, key.Team, key.Role)
            : null);
    }

    public async Task<ApiKeyState?> RevokeAsync(AuditEntry? entry)
    {
        if (!platform.Keys.TryGetValue(id, out var key) || key.RevokedAt is not null)
            return key;
        await platform.AppendWithChangeAsync(entry);
        return (platform.Keys[id] = key with { RevokedAt = InMemoryPlatform.Now }) with { Audit = entry };
    }
}
