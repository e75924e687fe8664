using OrleansDaap.Common;
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

    /// <summary>An incremental backup reads only what has changed: until a full one finds none, wrong pages are still there.</summary>
    public static StatusReason? WrongPages(IReadOnlyList<BackupSet> sets) =>
        sets.Skip(Math.Max(0, sets.ToList().FindLastIndex(set => set.Type == BackupType.Full))).FirstOrDefault(set => set.PagesWrong == true) is { } wrong
            ? new StatusReason("page-checksums-wrong", $"Backup {wrong.Id} was taken, and pages of the database were found whose checksums are wrong: its disk is failing.", wrong.FinishedAt)
            : null;
}
