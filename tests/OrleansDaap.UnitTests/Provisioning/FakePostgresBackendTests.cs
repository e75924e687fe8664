using OrleansDaap.Common;
using OrleansDaap.Provisioning;
using OrleansDaap.Testing.Provisioning;
using Xunit;

namespace OrleansDaap.UnitTests.Provisioning;

public sealed class FakePostgresBackendTests
{
    private readonly FakePostgresBackend _backend = new(TimeProvider.System);
    private readonly DatabaseId _id = DatabaseId.New(DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task A_failure_stays_until_it_is_healed_and_applied_again()
    {
        _backend.FailWith(_id, "disk-full", "The disk is full.");
        await _backend.ApplyAsync(ClusterSpecs.Small(_id), default);
        Assert.Equal((ClusterPhase.Failed, "disk-full"), await SeeAsync());

        _backend.Heal(_id);
        Assert.Equal((ClusterPhase.Failed, "disk-full"), await SeeAsync());
        await _backend.ApplyAsync(ClusterSpecs.Small(_id), default);
        Assert.Equal((ClusterPhase.Ready, null), await SeeAsync());
    }

    [Fact]
    public async Task What_is_stalled_progresses_until_it_is_healed()
    {
        _backend.Stall(_id);
        await _backend.ApplyAsync(ClusterSpecs.Small(_id), default);
        Assert.Equal((ClusterPhase.Progressing, null), await SeeAsync());

        _backend.Heal(_id);
        Assert.Equal((ClusterPhase.Ready, null), await SeeAsync());
    }

    [Fact]
    public async Task A_crashed_cluster_is_stopped_until_it_is_applied_again()
    {
        await _backend.ApplyAsync(ClusterSpecs.Small(_id), default);
        _backend.Crash(_id);
        Assert.Equal((ClusterPhase.Stopped, "postgres-stopped"), await SeeAsync());

        await _backend.ApplyAsync(ClusterSpecs.Small(_id), default);
        Assert.Equal((ClusterPhase.Ready, null), await SeeAsync());
    }

    [Fact]
    public async Task An_unreachable_backend_throws()
    {
        _backend.Unreachable = true;

        await Assert.ThrowsAsync<BackendUnavailableException>(() => _backend.ObserveAsync(_id, default));
    }

    private async Task<(ClusterPhase Phase, string? Reason)> SeeAsync()
    {
        var seen = await _backend.ObserveAsync(_id, default);
        return (seen.Phase, seen.Reason?.Code);
    }
}
