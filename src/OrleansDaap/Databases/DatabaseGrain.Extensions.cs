using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Databases;

internal sealed partial class DatabaseGrain
{
    /// <summary>When this activation last looked for extensions, whatever came of it.</summary>
    private DateTimeOffset? _lookedForExtensions;

    private async Task ObserveExtensionsAsync(bool scheduled)
    {
        if (!ExtensionWatch.IsDue(database.State, _lookedForExtensions, scheduled, clock.GetUtcNow(), options.Value))
        {
            return;
        }

        _lookedForExtensions = clock.GetUtcNow();
        if (await TryListExtensionsAsync() is not { } seen)
        {
            // What was seen once is still the best that is known, and looked for again in its time.
            if (database.State.ExtensionsObservedAt is null)
            {
                WakeAfter(options.Value.RetryAtLeastEvery);
            }

            return;
        }

        var next = ExtensionWatch.Seen(database.State, seen, clock.GetUtcNow(), options.Value);
        if (next != database.State)
        {
            await SaveAsync(next);
        }
    }

    private async Task<IReadOnlyList<PostgresExtension>?> TryListExtensionsAsync()
    {
        try
        {
            return await backend.ListExtensionsAsync(Id, CancellationToken.None);
        }
        catch (BackendUnavailableException exception)
        {
            LogExtensionsUnread(logger, exception, Id);
            return null;
        }
    }
}
