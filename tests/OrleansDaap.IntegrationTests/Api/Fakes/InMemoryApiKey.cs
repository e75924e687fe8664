using OrleansDaap.Access;

namespace OrleansDaap.IntegrationTests.Api.Fakes;

internal sealed class InMemoryApiKey(InMemoryPlatform platform, string id) : IApiKeyGrain
{
    public Task<ApiKeyState> CreateAsync(NewApiKey key) => Task.FromResult(platform.Keys.GetOrAdd(id, new ApiKeyState
    {
        Id = id,
        Hash = key.Hash,
        Team = key.Team,
        Role = key.Role,
        Description = key.Description,
        CreatedBy = key.CreatedBy,
        ExpiresAt = key.ExpiresAt,
        CreatedAt = InMemoryPlatform.Now,
    }));

    public Task<Caller?> AuthenticateAsync(string hash)
    {
        platform.Before("authenticate");
        return Task.FromResult(platform.Keys.TryGetValue(id, out var key) && key.Hash == hash && key.RevokedAt is null
            ? new Caller(id, key.Team, key.Role)
            : null);
    }

    public Task<bool> RevokeAsync()
    {
        if (!platform.Keys.TryGetValue(id, out var key))
            return Task.FromResult(false);
        platform.Keys[id] = key with { RevokedAt = InMemoryPlatform.Now };
        return Task.FromResult(true);
    }
}
