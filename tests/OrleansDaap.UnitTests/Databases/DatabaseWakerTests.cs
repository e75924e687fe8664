using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Testing;
using OrleansDaap.Testing.Provisioning;
using Xunit;

namespace OrleansDaap.UnitTests.Databases;

public sealed class DatabaseWakerTests : IDatabaseListing, IDisposable
{
    private readonly SemaphoreSlim _looks = new(0);

    [Fact]
    public async Task What_is_left_over_is_looked_for_at_the_start_and_again_whenever_grains_are_back()
    {
        var clock = new ManualClock();
        using var waker = new DatabaseWaker(
            grains: null!, new FakePostgresBackend(clock), this, clock, Options.Create(new DatabaseOptions()), NullLogger<DatabaseWaker>.Instance);
        await waker.StartAsync(default);
        await UntilLookedAsync();

        // The clock stands still: nothing but this has them looked for again.
        waker.WakeLeftOvers();
        await UntilLookedAsync();
        await waker.StopAsync(default);
        Assert.Equal(0, _looks.CurrentCount);
    }

    public void Dispose() => _looks.Dispose();

    public async IAsyncEnumerable<DatabaseId> ListUnsettledAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        _looks.Release();
        yield break;
    }

    public IAsyncEnumerable<DatabaseId> ListWithoutReminderAsync(string reminder, CancellationToken cancellationToken) =>
        AsyncEnumerable.Empty<DatabaseId>();

    public Task<Page<DatabaseState>> ListAsync(DatabaseFilter filter, PageRequest page, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<DatabaseState?> FindAsync(DatabaseId id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<DatabaseStatus, int>> CountByStatusAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    private async Task UntilLookedAsync() => Assert.True(await _looks.WaitAsync(TimeSpan.FromSeconds(20)), "Nobody looks.");
}
