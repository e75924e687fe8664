using OrleansDaap.Provisioning;

namespace OrleansDaap.LocalPostgres.Backups;

/// <summary>One backup as pgBackRest tells of it.</summary>
/// <param name="Label">pgBackRest's own name for it.</param>
/// <param name="Request">Of the request that it was taken for; null when it was taken by hand.</param>
/// <param name="FinishedAt">The second in which it ended, rounded up: whatever time it is from then on, it can be restored to.</param>
/// <param name="SizeBytes">What it takes beyond what it builds on, compressed.</param>
/// <param name="PagesWrong">Whether any page had a wrong checksum when it was read; null where that was not looked at.</param>
internal sealed record BackupSet(
    string Label, string? Request, BackupType Type, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, long SizeBytes, string WalStart, string WalStop, bool? PagesWrong)
{
    public string Id => Request ?? Label;

    public Backup ToBackup() => new()
    {
        Id = Id,
        Type = Type,
        Status = BackupStatus.Succeeded,
        StartedAt = StartedAt,
        FinishedAt = FinishedAt,
        SizeBytes = SizeBytes,
        WalStart = WalStart,
        WalStop = WalStop,
        ChecksumsVerified = !PagesWrong,
    };
}
