using Microsoft.Extensions.Logging;
using OrleansDaap.Common;

namespace OrleansDaap.Access;

internal sealed partial class ApiKeyGrain(
    [PersistentState("api-key", "platform")] IPersistentState<ApiKeyState> key, TimeProvider clock, ILogger<ApiKeyGrain> logger) : Grain, IApiKeyGrain
{
    /// <summary>The first use shows within a second; later ones cost one write a minute at most.</summary>
    private static readonly TimeSpan FirstUseShownWithin = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LaterUseShownWithin = TimeSpan.FromMinutes(1);

    private DateTimeOffset? _lastUsedAt;
    private IGrainTimer? _lastUseWriter;

    public async Task<ApiKeyState> CreateAsync(NewApiKey request, AuditEntry? entry)
    {
        if (key.RecordExists)
        {
            return key.State;
        }

        return await WriteAsync(
            new ApiKeyState
            {
                Id = this.GetPrimaryKeyString(),
                Hash = request.Hash,
                Team = request.Team,
                Role = request.Role,
                Description = request.Description,
                CreatedAt = clock.GetUtcNow(),
                CreatedBy = request.CreatedBy,
                ExpiresAt = request.ExpiresAt,
            },
            entry);
    }

    public Task<Caller?> AuthenticateAsync(string hash)
    {
        if (!key.RecordExists)
        {
            // Guessed ids must not fill the memory with activations.
            DeactivateOnIdle();
            return Task.FromResult<Caller?>(null);
        }

        var now = clock.GetUtcNow();
        var caller = key.State.CallerOf(hash, now);
        if (caller is not null)
        {
            NoteUse(now);
        }

        return Task.FromResult(caller);
    }

    public async Task<ApiKeyState?> RevokeAsync(AuditEntry? entry)
    {
        if (!key.RecordExists)
        {
            DeactivateOnIdle();
            return null;
        }

        return key.State.RevokedAt is null ? await WriteAsync(key.State with { RevokedAt = clock.GetUtcNow() }, entry) : key.State;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => WriteLastUseAsync();

    private void NoteUse(DateTimeOffset now)
    {
        _lastUsedAt = now;
        if (_lastUseWriter is null)
        {
            var shownWithin = key.State.LastUsedAt is null ? FirstUseShownWithin : LaterUseShownWithin;
            _lastUseWriter = this.RegisterGrainTimer(
                static (grain, _) => grain.WriteLastUseAsync(), this, new GrainTimerCreationOptions(shownWithin, Timeout.InfiniteTimeSpan));
        }
    }

    private async Task WriteLastUseAsync()
    {
        _lastUseWriter?.Dispose();
        _lastUseWriter = null;
        if (_lastUsedAt is null || _lastUsedAt == key.State.LastUsedAt)
        {
            return;
        }

        try
        {
            await WriteAsync(key.State with { LastUsedAt = _lastUsedAt });
        }
        catch (Exception exception)
        {
            // When a key was last used is a courtesy: the next use writes it again.
            LogLastUseNotWritten(logger, exception, key.State.Id);
        }
    }

    /// <summary>While it is being written the new state holds already: a revocation may come early, and nothing else changes what a caller may do.</summary>
    private async Task<ApiKeyState> WriteAsync(ApiKeyState next, AuditEntry? entry = null)
    {
        var before = key.State;
        key.State = next with { Audit = entry };
        try
        {
            await key.WriteStateAsync();
        }
        catch
        {
            // What is stored may be the one or the other: the next call reads it anew.
            key.State = before;
            DeactivateOnIdle();
            throw;
        }

        key.State = next;
        return next with { Audit = entry };
    }
}
