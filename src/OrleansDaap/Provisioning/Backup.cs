using OrleansDaap.Common;

namespace OrleansDaap.Provisioning;

/// <summary>One backup as it lies in its repository, or as it is being taken.</summary>
[GenerateSerializer, Immutable, Alias("daap.backup")]
public sealed record Backup
{
    /// <summary>The id of the request that it was taken for.</summary>
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required BackupType Type { get; init; }

    [Id(2)]
    public required BackupStatus Status { get; init; }

    [Id(3)]
    public required DateTimeOffset StartedAt { get; init; }

    [Id(4)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What it takes in the repository beyond the backups that it builds on, compressed; bytes.</summary>
    [Id(5)]
    public long? SizeBytes { get; init; }

    /// <summary>The first and last WAL file that it takes to make it consistent.</summary>
    [Id(6)]
    public string? WalStart { get; init; }

    [Id(7)]
    public string? WalStop { get; init; }

    /// <summary>Whether every page's checksum was right when it was read; null where that is not known.</summary>
    [Id(8)]
    public bool? ChecksumsVerified { get; init; }

    /// <summary>When its turn came, of one that was asked for and has ended: <see cref="StartedAt"/> is then when it was asked for.</summary>
    [Id(10)]
    public DateTimeOffset? BegunAt { get; init; }

    /// <summary>Why it failed.</summary>
    [Id(9)]
    public StatusReason? Error { get; init; }
}
