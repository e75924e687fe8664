using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>Runs one drill at a time.</summary>
internal sealed class DrillRunner(TimeProvider time)
{
    public Task<DrillResult> RunAsync(DatabaseId id, string drill, CancellationToken cancellationToken) => Task.FromResult(new DrillResult
    {
        Id = drill, FinishedAt = time.GetUtcNow(), Failure = new StatusReason("not-yet", "Drills come next.", time.GetUtcNow()),
    });
}
