using OrleansDaap.Common;

namespace OrleansDaap.Provisioning;

/// <summary>What a backend sees of one database's backups and of its archived changes.</summary>
[GenerateSerializer, Immutable, Alias("daap.backup-observation")]
public sealed record BackupObservation
{
    /// <summary>The backup that is being taken, or waits for its turn; null when there is none.</summary>
    [Id(0)]
    public string? Running { get; init; }

    /// <summary>The last one that was asked for and has ended, well or not; <see cref="LastFailure"/> tells which.</summary>
    [Id(1)]
    public string? LastEnded { get; init; }

    [Id(2)]
    public DateTimeOffset? LastSuccessfulAt { get; init; }

    /// <summary>Why the last one failed; null when it succeeded.</summary>
    [Id(3)]
    public StatusReason? LastFailure { get; init; }

    /// <summary>Why changes are not being archived at present; null when they are.</summary>
    [Id(4)]
    public StatusReason? ArchivingFailure { get; init; }

    /// <summary>The end of the oldest backup that is kept; null before the first.</summary>
    [Id(5)]
    public DateTimeOffset? EarliestRestoreAt { get; init; }

    /// <summary>Up to here every change is in the repository, or can be brought there before a restore.</summary>
    [Id(6)]
    public DateTimeOffset? LatestRestoreAt { get; init; }

    /// <summary>What all of it takes in the repository; bytes.</summary>
    [Id(7)]
    public long SizeBytes { get; init; }

    /// <summary>No change waits longer than this to be archived while archiving works: what a lost machine may cost at most.</summary>
    [Id(8)]
    public TimeSpan ArchiveTimeout { get; init; }

    /// <summary>The drill that is being run, or waits for its turn; null when there is none.</summary>
    [Id(9)]
    public string? RunningDrill { get; init; }

    /// <summary>The last drill that this backend ran; a restarted one knows of none.</summary>
    [Id(10)]
    public DrillResult? LastDrill { get; init; }

    /// <summary>
    /// Why it is not known what lies in the repository: <see cref="LastSuccessfulAt"/>, <see cref="EarliestRestoreAt"/> and
    /// <see cref="SizeBytes"/> are then what was known before, if anything was. Null when it could be read.
    /// </summary>
    [Id(11)]
    public StatusReason? Unknown { get; init; }

    /// <summary>
    /// What <see cref="LastEnded"/> was taken as, which need not be what it was asked for as; null where it failed, or is taken as it is asked for.
    /// </summary>
    [Id(13)]
    public BackupType? LastEndedType { get; init; }

    /// <summary>
    /// What is unknown of it does not take the place of what was known: backups do not go because nobody can look at them, and what was
    /// archived stays so.
    /// </summary>
    public BackupObservation After(BackupObservation? known) => Unknown is null || known is null ? this : this with
    {
        LastSuccessfulAt = LastSuccessfulAt ?? known.LastSuccessfulAt,
        EarliestRestoreAt = EarliestRestoreAt ?? known.EarliestRestoreAt,
        LatestRestoreAt = Latest(LatestRestoreAt, known.LatestRestoreAt ?? known.LastSuccessfulAt),
        SizeBytes = SizeBytes > 0 ? SizeBytes : known.SizeBytes,
    };

    private static DateTimeOffset? Latest(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;
}
