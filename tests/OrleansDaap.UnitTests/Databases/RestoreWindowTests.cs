using OrleansDaap.Common;
using OrleansDaap.Databases;
using OrleansDaap.Provisioning;
using OrleansDaap.Tiers;
using Xunit;

namespace OrleansDaap.UnitTests.Databases;

public sealed class RestoreWindowTests
{
    private static readonly DateTimeOffset Archived = Samples.Start.AddHours(1);
    private static readonly DateTimeOffset Now = Samples.Start.AddDays(1);

    [Fact]
    public void A_frozen_database_is_whole_up_to_now() => Assert.Equal(Now, RestoreWindow.Latest(Frozen(), Seen(null), Now));

    [Fact]
    public void One_that_broke_before_it_was_frozen_is_restored_up_to_what_was_archived() =>
        Assert.Equal(Archived, RestoreWindow.Latest(Frozen(), Seen(Samples.Trouble("archiving-failing")), Now));

    private static DatabaseState Frozen()
    {
        var frozen = Samples.Frozen();
        return frozen with { Tier = frozen.Tier with { Spec = frozen.Tier.Spec with { Backup = new BackupPolicy { Schedule = "0 * * * *", RetentionDays = 7 } } } };
    }

    private static ClusterObservation Seen(StatusReason? failure) => Samples.Seen(ClusterPhase.Stopped, 2) with
    {
        Backups = new BackupObservation { EarliestRestoreAt = Samples.Start, LatestRestoreAt = Archived, ArchivingFailure = failure, ArchiveTimeout = TimeSpan.FromMinutes(1) },
    };
}
