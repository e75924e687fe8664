using OrleansDaap.Common;
using OrleansDaap.Provisioning;

namespace OrleansDaap.Backups;

/// <summary>What is kept of one database's backups and drills beside what lies in the repository: what is wanted, and what is due when.</summary>
[GenerateSerializer, Immutable, Alias("daap.backup-state")]
public sealed record BackupState
{
    /// <summary>In the order in which they are taken, the first being taken or waiting to be tried again.</summary>
    [Id(0)]
    public IReadOnlyList<QueuedBackup> Queue { get => field ?? []; init; }

    /// <summary>How many backups were ever asked for; names the next one.</summary>
    [Id(1)]
    public int Count { get; init; }

    /// <summary>Up to here the schedule was followed; later ticks are to come. Null before the first backup.</summary>
    [Id(2)]
    public DateTimeOffset? ScheduledUpTo { get; init; }

    [Id(3)]
    public DateTimeOffset? LastFullAt { get; init; }

    [Id(4)]
    public DateTimeOffset? LastSuccessfulAt { get; init; }

    /// <summary>Why the last backup failed; null when it succeeded.</summary>
    [Id(5)]
    public StatusReason? LastFailure { get; init; }

    /// <summary>Attempts at the first of the queue that failed.</summary>
    [Id(6)]
    public int Failures { get; init; }

    /// <summary>No further attempt at the first of the queue before this moment.</summary>
    [Id(7)]
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>The latest that were asked for by hand and failed, oldest first: the repository knows nothing of them.</summary>
    [Id(8)]
    public IReadOnlyList<Backup> Failed { get => field ?? []; init; }

    /// <summary>The drill that is wanted; null when none is.</summary>
    [Id(9)]
    public string? Drill { get; init; }

    [Id(10)]
    public int DrillCount { get; init; }

    /// <summary>As <see cref="ScheduledUpTo"/>, of drills.</summary>
    [Id(11)]
    public DateTimeOffset? DrilledUpTo { get; init; }

    [Id(12)]
    public DrillResult? LastDrill { get; init; }

    /// <summary>The last drill that succeeded.</summary>
    [Id(13)]
    public DrillResult? LastProof { get; init; }

    /// <summary>The latest that were asked for by hand and succeeded, oldest first: what was asked for is told of even when the repository keeps it no more.</summary>
    [Id(14)]
    public IReadOnlyList<Backup> Succeeded { get => field ?? []; init; }
}
